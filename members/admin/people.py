from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.staff import StaffAdmin, StaffTable
from members import rules
from members.actions import people
from members.admin.forms import AccountForm, ReasonForm
from members.admin.scope import RegionalAdmin
from members.admin.steps import AsksSuperusersAgain, Step, WithSteps
from members.models import Body, BodyMember, Person, Post, StaffScope, User

_HELD = ("title", "city", "role", "is_focal_point", "start_date", "end_date", "status")


class PostTable(StaffTable):
    """The posts a person holds or held; each opens on a page of its own, where its steps are."""

    model = Post
    fk_name = "person"
    may_add = False
    may_change = False
    show_change_link = True
    fields = _HELD
    readonly_fields = _HELD


@admin.register(Person)
class PersonAdmin(WithSteps, StaffAdmin):
    list_display = ["name", "name_local", "email", "status", "listing", "risk_flag", "created_at"]
    list_filter = ["status", "listing", "risk_flag", "language"]
    search_fields = ["name", "name_local", "email"]
    ordering = ["name", "pk"]
    autocomplete_fields = ["languages"]
    readonly_fields = ["user", "status", "created_at"]
    inlines = [PostTable]
    fields = [
        "name", "name_local", "email", "user", "language", "languages", "time_zone", "listing", "risk_flag",
        "status", "created_at",
    ]  # fmt: skip
    steps = [
        Step(
            "suspend",
            _("Suspend this person"),
            people.suspend_person,
            may=rules.may_suspend,
            fits=lambda person: person.may_move_to(Person.Status.SUSPENDED),
            question=_("Suspend this person?"),
            explanation=_(
                "It holds from the next click on, in every open window. The letter gives your reason."
            ),
            done=_("The person is suspended."),
            form=ReasonForm,
            danger=True,
            sensitive=True,
        ),
        Step(
            "reinstate",
            _("Reinstate this person"),
            people.reinstate_person,
            may=rules.may_suspend,
            fits=lambda person: person.may_move_to(Person.Status.ACTIVE),
            question=_("Let this person in again?"),
            explanation=_("The person has again what the posts give, and is told by letter."),
            done=_("The person is in again."),
            form=ReasonForm,
            sensitive=True,
        ),
    ]

    def scope(self, user, queryset):
        hubs = rules.standing(user).hubs
        if hubs is None:
            return queryset
        return queryset.filter(
            Exists(Post.objects.filter(person=OuterRef("pk"), city__hub__in=hubs))
        )

    def has_add_permission(self, request):
        """People come in by applications; somebody without a post lies in no region."""
        return rules.standing(request.user).hubs is None and super().has_add_permission(request)


def _may_look_after(user, post):
    return rules.looks_after(user, post.city.hub_id if post.city else None)


@admin.register(Post)
class PostAdmin(WithSteps, RegionalAdmin):
    """What a person does for a city: begun, handed on and ended by steps, never by ticking a box."""

    hub_path = "city__hub"
    list_display = [
        "person",
        "title",
        "city",
        "role",
        "is_focal_point",
        "start_date",
        "end_date",
        "status",
    ]
    list_filter = ["status", "role", "is_focal_point"]
    list_select_related = ["person", "city"]
    search_fields = ["title", "department"]
    ordering = ["-start_date", "-pk"]
    autocomplete_fields = ["person", "city", "sector"]
    readonly_fields = ["is_focal_point", "status", "endorsed_by"]
    fields = [
        "person", "city", "role", "title", "department", "sector", "employer_page", "start_date", "end_date",
        "term_end", "is_signatory", "is_focal_point", "status", "endorsed_by",
    ]  # fmt: skip
    steps = [
        Step(
            "begin",
            _("Begin this post"),
            people.begin_post,
            may=_may_look_after,
            fits=lambda post: post.may_move_to(Post.Status.ACTIVE),
            question=_("Begin this post?"),
            explanation=_("The person acts for the city and reads what members read."),
            done=_("The post has begun."),
            primary=True,
        ),
        Step(
            "focal-point",
            _("Make this person the focal point"),
            people.make_focal_point,
            may=_may_look_after,
            fits=lambda post: (
                post.city_id and post.status == Post.Status.ACTIVE and not post.is_focal_point
            ),
            question=_("Make this person the focal point of the city?"),
            explanation=_("Whoever is the focal point now keeps the post, without this task."),
            done=_("The city has a new focal point."),
            sensitive=True,
        ),
        Step(
            "end",
            _("End this post"),
            people.end_post,
            may=_may_look_after,
            fits=lambda post: post.may_move_to(Post.Status.ENDED),
            question=_("End this post?"),
            explanation=_("Rights that came from it end at once."),
            done=_("The post has ended."),
            danger=True,
            sensitive=True,
        ),
    ]

    def get_readonly_fields(self, request, obj=None):
        """Whose post it is and where does not change: another post is another row."""
        return [*self.readonly_fields, "person", "city"] if obj else self.readonly_fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "city" and rules.standing(request.user).hubs is not None:
            field.required = True
        return field


@admin.register(User)
class UserAdmin(AsksSuperusersAgain, WithSteps, StaffAdmin):
    """Accounts: nobody sees or sets a password here, and nobody changes their own role."""

    list_display = [
        "email",
        "person",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "last_login",
    ]
    list_filter = ["is_active", "is_staff", "is_superuser", "language"]
    list_select_related = ["person"]
    search_fields = ["email"]
    ordering = ["email"]
    steps = [
        Step(
            "password-link",
            _("Send a link to choose a password"),
            people.send_password_link,
            may=lambda user, account: rules.is_staff(user),
            fits=lambda account: account.is_active,
            question=_("Send a link to choose a password?"),
            explanation=_("It goes to the address of the account, works once and for two weeks."),
            done=_("The link is on its way."),
            primary=True,
        ),
    ]

    def scope(self, user, queryset):
        hubs = rules.standing(user).hubs
        if hubs is None:
            return queryset
        return queryset.filter(
            Exists(Post.objects.filter(person__user=OuterRef("pk"), city__hub__in=hubs))
        )

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["email", "language", "is_staff"]
        return [
            "email",
            "person",
            "language",
            "is_active",
            "is_staff",
            "is_superuser",
            "date_joined",
            "last_login",
        ]

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        fixed = ["email", "person", "date_joined", "last_login"]
        return fixed if rules.may_change_roles(request.user, obj) else [*fixed, *_ROLES]

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            kwargs["form"] = AccountForm
        return super().get_form(request, obj, change, **kwargs)

    def has_add_permission(self, request):
        return request.user.is_superuser and super().has_add_permission(request)

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
        else:
            opened = people.open_account(**form.cleaned_data, by=request.user)
            obj.pk, obj.password = opened.pk, opened.password


_ROLES = ["is_active", "is_staff", "is_superuser"]


@admin.register(StaffScope)
class StaffScopeAdmin(AsksSuperusersAgain, StaffAdmin):
    """Which part of the world a member of staff looks after: said by superusers, never for themselves."""

    only_superusers = True
    list_display = ["user", "everywhere"]
    list_select_related = ["user"]
    ordering = ["user__email"]
    autocomplete_fields = ["user"]
    fields = ["user", "everywhere", "hubs"]

    def get_readonly_fields(self, request, obj=None):
        return ["user"] if obj else []

    def has_change_permission(self, request, obj=None):
        if obj and not rules.may_change_roles(request.user, obj.user):
            return False
        return super().has_change_permission(request, obj)


class BodyMemberTable(StaffTable):
    model = BodyMember
    autocomplete_fields = ["person"]
    fields = ["person", "since", "until"]


@admin.register(Body)
class BodyAdmin(StaffAdmin):
    """Groups things are shared with; they cross regions, so staff of everywhere look after them."""

    list_display = ["code", "name", "kind"]
    list_filter = ["kind"]
    search_fields = ["code", "name_en", "name_fr", "name_ar"]
    ordering = ["code"]
    inlines = [BodyMemberTable]
    fields = ["code", "kind", "name_en", "name_fr", "name_ar"]

    def scope(self, user, queryset):
        return queryset if rules.standing(user).hubs is None else queryset.none()

    def has_add_permission(self, request):
        return rules.standing(request.user).hubs is None and super().has_add_permission(request)
