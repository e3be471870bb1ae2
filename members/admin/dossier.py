"""What stands in a dossier: the application as it was sent, what was found, and what it may be a double of."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from core import journal
from members import rules
from members.models import City, MembershipApplication, Person, VettingCheck

_BADGES = {
    VettingCheck.Result.PASS: "good",
    VettingCheck.Result.WARN: "attention",
    VettingCheck.Result.FAIL: "bad",
    VettingCheck.Result.NOT_APPLICABLE: "plain",
}


def dossier(application, user) -> dict:
    """The context of the page; of what lies outside the reader's region, only that it exists."""
    checks = list(application.checks.select_related("by"))
    checks.sort(key=lambda check: (check.by_id is not None, check.at, check.pk))
    return {
        "checks": [_row(check) for check in checks],
        "city_facts": _city_facts(application),
        "person_facts": _person_facts(application),
        "pledge_facts": _pledge_facts(application),
        "decision_facts": _decision_facts(application),
        "attachments": application.attachments.order_by("pk"),
        "exchanges": application.exchanges.select_related("by"),
        "joined": application.joined.order_by("pk"),
        "city_doubles": _city_doubles(application, checks, user),
        "person_doubles": _person_doubles(application, checks, user),
        "journal": journal.of(application),
    }


def _row(check):
    return {
        "kind": check.get_kind_display(),
        "result": check.get_result_display(),
        "badge": _BADGES[check.result],
        "detail": _words(check),
        "by": check.by,
        "at": check.at,
    }


def _words(check):
    """An automatic finding in the reader's language, a colleague's words as they were written."""
    sentence, facts = check.found.get("sentence"), check.found.get("facts", {})
    if not sentence:
        return check.detail
    return _(sentence) % {
        name: number_format(fact, force_grouping=True) if isinstance(fact, int) else fact
        for name, fact in facts.items()
    }


def _city_facts(application):
    return _facts(
        (_("City"), application.city_name),
        (_("In the local script"), application.city_name_local),
        (_("Country or territory"), application.country),
        (_("Regional hub"), application.hub),
        (_("Kind of authority"), application.authority_level),
        (_("Website"), application.city_website),
        (_("Listed"), application.get_city_listing_display()),
        (_("Member city"), application.city),
        (_("Themes"), _(", ").join(str(theme) for theme in application.themes.all())),
        (_("Next summit"), _("interested") if application.summit_interest else _("no")),
    )


def _person_facts(application):
    return _facts(
        (_("Name"), application.name),
        (_("In the local script"), application.name_local),
        (_("Work e-mail"), application.email),
        (_("Office held"), application.office),
        (_("Role"), application.get_role_display() if application.role else ""),
        (_("Department"), application.department),
        (_("Sector"), application.sector),
        (_("Page of the employer"), application.employer_page),
        (
            _("Languages spoken"),
            _(", ").join(str(language) for language in application.languages.all()),
        ),
        (_("Who may see the name"), application.get_person_listing_display()),
        (_("May sign for the city"), _yes_or_no(application.is_signatory)),
    )


def _pledge_facts(application):
    return _facts(
        (_("Pledge"), application.pledge and _("version %(n)d") % {"n": application.pledge.number}),
        (_("Language"), application.get_language_display()),
        (_("Form"), _("version %(n)d") % {"n": application.form_version}),
        (
            _("Privacy notice"),
            application.privacy_version and _("version %(n)d") % {"n": application.privacy_version},
        ),
    )


def _decision_facts(application):
    if application.decided_at is None:
        return []
    return _facts(
        (_("Decided by"), application.decided_by),
        (_("Reason"), application.decision_reason),
        (_("In words"), application.decision_text),
        (_("Duplicate of"), application.duplicate_of),
    )


def _city_doubles(application, checks, user):
    """Cities and open applications that may be the same place, as columns of the same facts."""
    hubs = rules.standing(user).hubs
    cities = City.objects.filter(pk__in=_found(checks, "cities")).select_related(
        "country", "hub", "authority_level"
    )
    others = MembershipApplication.objects.filter(
        pk__in=_found(checks, "applications", VettingCheck.Kind.DUPLICATE_CITY)
    ).select_related("country", "hub", "authority_level")
    columns = [_city_column(city) for city in _near(cities, hubs)]
    columns += [_application_column(other) for other in _near(others, hubs)]
    return _side_by_side(
        _application_column(application), columns, hidden=len(cities) + len(others) - len(columns)
    )


def _person_doubles(application, checks, user):
    hubs = rules.standing(user).hubs
    people = Person.objects.filter(pk__in=_found(checks, "people")).select_related("user")
    near = (
        people if hubs is None else people.filter(pk__in=Person.objects.in_hubs(hubs).values("pk"))
    )
    others = MembershipApplication.objects.filter(
        pk__in=_found(checks, "applications", VettingCheck.Kind.DUPLICATE_PERSON)
    ).select_related("hub")
    columns = [_person_column(person) for person in near]
    columns += [_applicant_column(other) for other in _near(others, hubs)]
    return _side_by_side(
        _applicant_column(application), columns, hidden=len(people) + len(others) - len(columns)
    )


def _found(checks, what, kind=None):
    return {
        pk
        for check in checks
        if kind is None or check.kind == kind
        for pk in check.found.get(what, [])
    }


def _near(things, hubs):
    return [thing for thing in things if hubs is None or thing.hub_id in hubs]


def _side_by_side(own, columns, *, hidden):
    """{"heads", "rows": [(label, [value, ...], differs)], "hidden"}; {} when there is nothing to compare."""
    if not columns and not hidden:
        return {}
    everything = [own, *columns]
    return {
        "heads": [column["head"] for column in everything],
        "rows": [
            {"label": label, "values": [column["facts"].get(label) or "" for column in everything]}
            for label in own["facts"]
        ],
        "hidden": hidden,
    }


def _application_column(application):
    return {
        "head": {
            "label": str(application),
            "url_name": "admin:members_membershipapplication_change",
            "pk": application.pk,
        },
        "facts": {
            _("Name"): application.city_name,
            _("In the local script"): application.city_name_local,
            _("Country or territory"): application.country,
            _("Kind of authority"): application.authority_level,
            _("GeoNames"): application.place_id,
            _("Website"): application.city_website,
            _("Status"): application.get_status_display(),
        },
    }


def _city_column(city):
    membership = city.memberships.exclude(status="left").first()
    return {
        "head": {"label": str(city), "url_name": "admin:members_city_change", "pk": city.pk},
        "facts": {
            _("Name"): city.name_en,
            _("In the local script"): city.official_name or city.name_ar,
            _("Country or territory"): city.country,
            _("Kind of authority"): city.authority_level,
            _("GeoNames"): city.geoname_id,
            _("Website"): city.website,
            _("Status"): membership.get_status_display() if membership else _("no member"),
        },
    }


def _applicant_column(application):
    return {
        "head": {
            "label": str(application),
            "url_name": "admin:members_membershipapplication_change",
            "pk": application.pk,
        },
        "facts": {
            _("Name"): application.name,
            _("In the local script"): application.name_local,
            _("Work e-mail"): application.email,
            _("Office held"): application.office,
            _("Status"): application.get_status_display(),
        },
    }


def _person_column(person):
    posts = person.posts.exclude(status="ended").select_related("city")
    return {
        "head": {"label": person.name, "url_name": "admin:members_person_change", "pk": person.pk},
        "facts": {
            _("Name"): person.name,
            _("In the local script"): person.name_local,
            _("Work e-mail"): person.user.email if person.user else person.email,
            _("Office held"): _(", ").join(str(post) for post in posts),
            _("Status"): person.get_status_display(),
        },
    }


def _facts(*pairs):
    return [{"label": label, "value": value} for label, value in pairs if value]


def _yes_or_no(answer):
    return {True: _("yes"), False: _("no")}.get(answer, "")
