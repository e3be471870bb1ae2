from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.lifecycle import HasStatus
from core.models import Term

LANGUAGES = [("en", "English"), ("fr", "Français"), ("ar", "العربية")]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email, password=None, **fields):
        """A new account with an address in lower case; without a password nobody can log in yet."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: an e-mail address that may log in. What it may do follows from its person's posts."""

    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    is_active = models.BooleanField(_("may log in"), default=True)
    is_staff = models.BooleanField(_("network staff"), default=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []  # type: ignore[misc]

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [models.UniqueConstraint(Lower("email"), name="members_user_email_once")]

    def __str__(self):
        return self.email


class StaffScope(models.Model):
    """The part of the world one member of staff looks after. Without a row: none of it."""

    user = models.OneToOneField(
        User, models.CASCADE, related_name="scope", verbose_name=_("account")
    )
    everywhere = models.BooleanField(_("everywhere"), default=False)
    hubs = models.ManyToManyField(
        Term,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "hub"},
        verbose_name=_("regional hubs"),
    )

    class Meta:
        verbose_name = _("staff region")
        verbose_name_plural = _("staff regions")

    def __str__(self):
        return str(self.user)


class PersonQuerySet(models.QuerySet):
    def in_hubs(self, hub_ids):
        """People with a post in a city that these hubs look after."""
        return self.filter(posts__city__hub__in=hub_ids).distinct()

    def focal_point_of(self, city):
        """Who speaks for the city in the portal today, or None; nobody who is suspended does."""
        live = Post.objects.live().filter(city=city, is_focal_point=True)
        speaking = self.filter(pk__in=live.values("person"), status=Person.Status.ACTIVE)
        return speaking.select_related("user").first()


class Person(HasStatus):
    """Somebody we know by name: an official, an expert, a member of staff."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        SUSPENDED = "suspended", _("suspended")
        ERASED = "erased", _("erased")

    class Listing(models.TextChoices):
        MEMBERS = "members", _("members only")
        STAFF = "staff", _("network staff only")
        PUBLIC = "public", _("everyone")

    MOVES = {
        Status.ACTIVE: {Status.SUSPENDED, Status.ERASED},
        Status.SUSPENDED: {Status.ACTIVE, Status.ERASED},
    }

    user = models.OneToOneField(
        User,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=120)
    name_local = models.CharField(_("name in the local script"), max_length=120, blank=True)
    email = models.EmailField(_("work e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    languages = models.ManyToManyField(
        Term,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "language"},
        verbose_name=_("languages spoken"),
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    listing = models.CharField(
        _("who may see the name"), max_length=8, choices=Listing, default=Listing.MEMBERS
    )
    risk_flag = models.BooleanField(
        _("at risk"), default=False, help_text=_("Kept out of lists, maps, feeds and exports.")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.ACTIVE, editable=False
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [models.Index(Lower("email"), name="members_person_email")]

    def __str__(self):
        return self.name


class PostQuerySet(models.QuerySet):
    def live(self, on=None):
        """Posts that give rights on a day (default today, UTC): active, begun, not ended."""
        day = on or timezone.now().date()
        return self.filter(
            Q(end_date__isnull=True) | Q(end_date__gt=day),
            status=Post.Status.ACTIVE,
            start_date__lte=day,
        )

    def team_of(self, cities):
        """The live posts of these cities, the focal point first."""
        return (
            self.live()
            .filter(city__in=cities, person__status=Person.Status.ACTIVE)
            .select_related("person", "city")
            .order_by("city__slug", "-is_focal_point", "person__name", "pk")
        )


class Post(HasStatus):
    """What a person does for a city, or for the network, from one day to another."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    class Role(models.TextChoices):
        POLITICAL = "political", _("mayor or political leader")
        SENIOR = "senior", _("senior official")
        POLICY = "policy", _("policy officer")
        FRONTLINE = "frontline", _("frontline practitioner")
        COUNCIL = "council", _("elected council")
        GUEST = "guest", _("guest from civil society")
        EXPERT = "expert", _("expert or reviewer")
        STAFF = "staff", _("network staff")

    MOVES = {
        Status.PENDING: {Status.ACTIVE, Status.ENDED},
        Status.ACTIVE: {Status.ENDED},
    }

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="posts", verbose_name=_("person")
    )
    city = models.ForeignKey(
        "members.City",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("city"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.POLICY)
    title = models.CharField(_("office held"), max_length=160, blank=True)
    department = models.CharField(_("department"), max_length=160, blank=True)
    sector = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"vocabulary": "sector"},
        verbose_name=_("sector"),
    )
    employer_page = models.URLField(_("page of the employer"), blank=True, max_length=300)
    start_date = models.DateField(_("from"), default=timezone.localdate)
    end_date = models.DateField(_("until"), null=True, blank=True)
    term_end = models.DateField(_("end of the elected term"), null=True, blank=True)
    is_focal_point = models.BooleanField(_("focal point of the city"), default=False)
    is_signatory = models.BooleanField(_("may sign for the city"), default=False)
    status = models.CharField(
        _("status"), max_length=8, choices=Status, default=Status.PENDING, editable=False
    )
    endorsed_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("endorsed by"),
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(
                fields=["city"],
                condition=Q(is_focal_point=True, status="active"),
                name="members_one_focal_point_a_city",
            ),
            models.CheckConstraint(
                condition=Q(city__isnull=False) | Q(role__in=["expert", "staff"]),
                name="members_post_has_a_city",
            ),
        ]

    def __str__(self):
        return f"{self.title or self.get_role_display()}, {self.city or _('Strong Cities Network')}"
