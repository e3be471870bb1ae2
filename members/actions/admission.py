"""Becoming a member: the city, its people, and everything that follows from a yes."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from core.lifecycle import IllegalMove
from core.models import Term
from members.actions.cities import figures, folded_names, free_slug, in_arabic_script
from members.actions.vetting import locked, take_up
from members.emails import team as team_letters
from members.emails import vetting as letters
from members.models import (
    City,
    CityDomain,
    CityMembership,
    Endorsement,
    MembershipApplication,
    Person,
    PledgeAcceptance,
    Post,
    User,
)
from members.models.domains import is_free_mail
from members.models.likeness import names_of, place_of

Status, Route = MembershipApplication.Status, MembershipApplication.Route


class CityIsMember(IllegalMove):
    """A second application for a city that is a member: its focal point decides about colleagues."""

    def __str__(self):
        return _("This city is a member already. Hand the application to its focal point.")


class PersonIsSuspended(IllegalMove):
    """Approving must not let somebody in again who was put out."""

    def __str__(self):
        return _("This person is suspended. Reinstate the person first, or decline.")


@transaction.atomic
def approve(application, *, by) -> City:
    """The city is a member: it has its place on the map, its first person, who gets the welcome letter and may log in.

    For a colleague of a member city: that colleague is in. Those who had applied for the same city meanwhile wait
    for the new focal point. Raises IllegalMove when it was decided already.
    """
    application = locked(application)
    take_up(application)
    if application.city_id:
        _admit(application, application.city, by=by)
        return application.city
    _one_at_a_time(application)
    city = _join(application, by=by)
    person = _admit(application, city, by=by)
    _accept_pledge(application, city, person)
    _learn_domain(application, city, by=by)
    _hand_over_joined(application, city, person, by=by)
    return city


@transaction.atomic
def admit_colleague(application, *, by) -> Person:
    """The colleague is in: a post in the city, an account, and the welcome letter. Raises IllegalMove when too late."""
    application = locked(application)
    return _admit(application, application.city, by=by)


# --- The city


def _one_at_a_time(application):
    """Two applications for one city, approved at once: the second waits here, and then finds the city."""
    Term.objects.select_for_update(no_key=True).get(pk=application.country_id)


def _join(application, *, by):
    """A city with an active membership: new, or one that had left and comes back."""
    city = _known_city(application) or _new_city(application)
    memberships = CityMembership.objects.filter(city=city)
    if memberships.exclude(status=CityMembership.Status.LEFT).exists():
        raise CityIsMember(application, Status.APPROVED)
    level = application.authority_level
    kind = (
        level.data.get("membership", CityMembership.Kind.MEMBER)
        if level
        else CityMembership.Kind.MEMBER
    )
    CityMembership.objects.create(city=city, kind=kind)
    journal.record("joined", city, by=by, application=application.pk)
    return city


def _known_city(application):
    if application.place_id:
        city = City.objects.filter(geoname_id=application.place_id).first()
        if city:
            return city
    same_name = City.objects.filter(
        country=application.country_id, folded_names__overlap=sorted(names_of(application))
    )
    return same_name.filter(geoname_id=None).first()


def _new_city(application):
    place = place_of(application)
    names = _names(application, place)
    city = City(
        slug=free_slug(names["en"], application.country.code),
        name_en=names["en"],
        name_fr=names["fr"],
        name_ar=names["ar"],
        aliases=_aliases(application, place, names),
        country=application.country,
        hub=application.hub or application.country.hub,
        authority_level=application.authority_level,
        website=application.city_website,
        listing=application.city_listing,
        **(figures(place) if place else {}),
    )
    city.folded_names = folded_names(city)
    city.save()
    city.themes.set(application.themes.all())
    return city


def _names(application, place):
    """What the city is called in each language, as far as we know: staff complete it later."""
    main = place.name if place else application.city_name
    written = [application.city_name_local, application.city_name, *(place.names if place else [])]
    return {
        "en": main[:120],
        "fr": (application.city_name if application.language == "fr" else main)[:120],
        "ar": (in_arabic_script(written) or main)[:120],
    }


def _aliases(application, place, names):
    """Every other spelling, so that the next one to look for the city finds it."""
    known = [application.city_name, application.city_name_local, *(place.names if place else [])]
    return list(dict.fromkeys(name[:120] for name in known if name and name not in names.values()))


def _accept_pledge(application, city, person):
    """Which text, in which language, said yes to by whom in what office, and when."""
    if application.pledge is None:
        return
    PledgeAcceptance.objects.get_or_create(
        city=city,
        version=application.pledge,
        defaults={
            "language": application.language,
            "signatory": person,
            "office": application.office,
            "signed_at": application.pledged_at or application.sent_at,
        },
    )


def _learn_domain(application, city, *, by):
    """The next colleague from the same domain is recognised; one that several cities share says so."""
    domain = application.email_domain
    if is_free_mail(domain) or CityDomain.objects.filter(domain=domain, city=city).exists():
        return
    others = CityDomain.objects.filter(domain=domain).exclude(city=city)
    kind = CityDomain.Kind.SHARED if others.exists() else CityDomain.Kind.OFFICIAL
    CityDomain.objects.create(
        domain=domain, city=city, kind=kind, verified_by=by, verified_at=timezone.now()
    )


def _hand_over_joined(application, city, person, *, by):
    """Whoever applied for the city meanwhile waits for its new focal point, who is told of each."""
    joined = application.joined.select_for_update(of=("self",)).filter(
        status__in=MembershipApplication.STAFF_QUEUE
    )
    for colleague in joined.order_by("confirmed_at", "pk"):
        if colleague.status == Status.MORE_INFO:
            colleague.move_to(Status.IN_VETTING)
        colleague.move_to(Status.AWAITING_CITY)
        colleague.city, colleague.route, colleague.joined_to = city, Route.JOIN_CITY, None
        colleague.city_asked_at = timezone.now()
        colleague.save(update_fields=["status", "city", "route", "joined_to", "city_asked_at"])
        journal.record("handed to the city", colleague, by=by, city=city.pk)
        team_letters.colleague_waits(colleague, person)


# --- The person


def _admit(application, city, *, by):
    application.move_to(Status.APPROVED)
    user = _account(application)
    person = _person(application, user, city)
    _post(application, person, city)
    application.city, application.person = city, person
    application.decided_by, application.decided_at = by, timezone.now()
    application.save(update_fields=["status", "city", "person", "decided_by", "decided_at"])
    journal.record("approved", application, by=by, city=city.pk)
    letters.welcomed(application, user, city=city)
    return person


def _account(application):
    """The account behind the confirmed address: the one there is, or a new one without a password."""
    email = application.email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, language=application.language)
    if not user.is_active:
        raise PersonIsSuspended(application, Status.APPROVED)
    if not EmailAddress.objects.filter(user=user, email__iexact=email).exists():
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _person(application, user, city):
    """Who the account belongs to: known already, perhaps without an account until now, or new."""
    person = (
        Person.objects.filter(Q(user=user) | Q(user=None, email__iexact=user.email))
        .order_by("user", "pk")
        .first()
    )
    if person is None:
        person = Person.objects.create(
            name=application.name,
            name_local=application.name_local,
            email=user.email,
            language=application.language,
            time_zone=city.time_zone,
            listing=application.person_listing,
        )
        person.languages.set(application.languages.all())
    if person.status != Person.Status.ACTIVE:
        raise PersonIsSuspended(application, Status.APPROVED)
    if person.user_id is None:
        person.user = user
        person.save(update_fields=["user"])
    return person


def _post(application, person, city):
    """An active post, unless the person has one; the first person of a city is its focal point."""
    active = Post.objects.filter(city=city, status=Post.Status.ACTIVE)
    if active.filter(person=person).exists():
        return
    endorsement = Endorsement.objects.filter(application=application, endorsed=True).first()
    Post.objects.create(
        person=person,
        city=city,
        role=application.role or Post.Role.POLICY,
        title=application.office,
        department=application.department,
        sector=application.sector,
        employer_page=application.employer_page,
        is_focal_point=not active.filter(is_focal_point=True).exists(),
        is_signatory=bool(application.is_signatory),
        status=Post.Status.ACTIVE,
        endorsed_by=endorsement.by if endorsement else None,
    )
