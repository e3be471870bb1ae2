"""What can be looked at without asking anybody: the automatic rows of a dossier."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_noop as _

from members.models import (
    City,
    CityDomain,
    CityMembership,
    MembershipApplication,
    Place,
    VettingCheck,
)
from members.models.domains import government_suffix, is_free_mail, parents, share_a_site
from members.models.likeness import (
    applications_like,
    cities_like,
    people_like,
    place_of,
    same_among,
)

Kind, Result = VettingCheck.Kind, VettingCheck.Result


@dataclass
class Finding:
    """What one check came to: an English sentence that the page translates for its reader, and the facts in it."""

    result: str
    sentence: str
    facts: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)

    @property
    def detail(self):
        """The sentence as English has it; figures are facts too."""
        return self.sentence % {
            name: f"{fact:,}" if isinstance(fact, int) else fact
            for name, fact in self.facts.items()
        }


@transaction.atomic
def run(application, *, by=None) -> None:
    """Look again: the automatic rows of the dossier are made anew, those of people stay."""
    MembershipApplication.objects.select_for_update().get(pk=application.pk)
    application.checks.filter(by=None, kind__in=_CHECKS).delete()
    findings = {kind: check(application) for kind, check in _CHECKS.items()}
    VettingCheck.objects.bulk_create(
        VettingCheck(
            application=application,
            kind=kind,
            result=finding.result,
            detail=finding.detail,
            found=finding.found | {"sentence": finding.sentence, "facts": finding.facts},
        )
        for kind, finding in findings.items()
    )


def _email_confirmed(application):
    if application.confirmed_at:
        return Finding(Result.PASS, _("The link was opened and the button pressed."))
    return Finding(Result.FAIL, _("Nobody has confirmed this address."))


def _domain_known(application):
    facts = {"domain": application.email_domain}
    known = CityDomain.objects.filter(
        domain__in=parents(application.email_domain), kind=CityDomain.Kind.OFFICIAL
    )
    cities = list(City.objects.filter(domains__in=known).distinct().order_by("pk"))
    if not cities:
        return Finding(Result.NOT_APPLICABLE, _("%(domain)s is in no city’s list yet."), facts)
    found = {"cities": [city.pk for city in cities]}
    if application.city_id in found["cities"] or same_among(application, cities):
        return Finding(Result.PASS, _("%(domain)s is the city’s own."), facts, found)
    facts["city"] = str(cities[0])
    return Finding(Result.WARN, _("%(domain)s belongs to another city: %(city)s."), facts, found)


def _domain_is_website(application):
    hosts = {_host(application.city_website), _host(application.employer_page)} - {""}
    if not hosts:
        return Finding(Result.NOT_APPLICABLE, _("No website was given."))
    facts = {"domain": application.email_domain, "hosts": ", ".join(sorted(hosts))}
    if any(share_a_site(application.email_domain, host) for host in hosts):
        return Finding(Result.PASS, _("%(domain)s and %(hosts)s go together."), facts)
    return Finding(Result.WARN, _("The address is at %(domain)s, the pages at %(hosts)s."), facts)


def _gov_suffix(application):
    suffix = government_suffix(application.email_domain)
    if suffix:
        return Finding(
            Result.PASS, _("Only public bodies get names under %(suffix)s."), {"suffix": suffix}
        )
    return Finding(Result.NOT_APPLICABLE, _("No suffix reserved for public bodies."))


def _free_mail(application):
    facts = {"domain": application.email_domain}
    if is_free_mail(application.email_domain):
        sentence = _("Anybody can have an address at %(domain)s. Not refused: call the city back.")
        return Finding(Result.WARN, sentence, facts)
    return Finding(Result.PASS, _("%(domain)s is not a free mail service."), facts)


def _gazetteer(application):
    place = place_of(application)
    if place:
        facts = {"name": place.name, "population": place.population}
        found = {"places": [place.pk]}
        return Finding(Result.PASS, _("%(name)s, population %(population)s."), facts, found)
    candidates = [
        place
        for place in Place.objects.search(application.city_name, limit=5)
        if not application.country or place.country == application.country.code
    ]
    if candidates:
        found = {"places": [place.pk for place in candidates]}
        return Finding(
            Result.WARN,
            _("Entered by hand; perhaps %(name)s."),
            {"name": candidates[0].name},
            found,
        )
    return Finding(Result.WARN, _("Not among places of more than 15,000 people. Look it up."))


def _duplicate_city(application):
    cities, others = cities_like(application), applications_like(application)
    if not cities and not others:
        return Finding(Result.PASS, _("No city and no open application of this name."))
    facts = {"names": _listed([*cities.values(), *others.values()])}
    found = {"cities": sorted(cities), "applications": sorted(others)}
    if application.city_id in cities:
        return Finding(
            Result.PASS, _("Asks to join a city that is known: %(names)s."), facts, found
        )
    if _has_member(same_among(application, cities.values())):
        return Finding(Result.FAIL, _("A member already: %(names)s."), facts, found)
    return Finding(Result.WARN, _("Perhaps the same: %(names)s."), facts, found)


def _duplicate_person(application):
    people = {person.pk: person for person in people_like(application)}
    earlier = list(
        MembershipApplication.objects.filter(
            email__iexact=application.email, confirmed_at__isnull=False
        )
        .exclude(pk=application.pk)
        .order_by("pk")
    )
    if not people and not earlier:
        return Finding(Result.PASS, _("Neither the address nor the name is known in this city."))
    facts = {"names": _listed([*people.values(), *earlier])}
    found = {"people": sorted(people), "applications": [other.pk for other in earlier]}
    return Finding(Result.WARN, _("Perhaps the same: %(names)s."), facts, found)


_CHECKS = {
    Kind.EMAIL_CONFIRMED: _email_confirmed,
    Kind.DOMAIN_KNOWN: _domain_known,
    Kind.DOMAIN_IS_WEBSITE: _domain_is_website,
    Kind.GOV_SUFFIX: _gov_suffix,
    Kind.FREE_MAIL: _free_mail,
    Kind.GAZETTEER: _gazetteer,
    Kind.DUPLICATE_CITY: _duplicate_city,
    Kind.DUPLICATE_PERSON: _duplicate_person,
}


def _host(url):
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.")


def _has_member(cities):
    memberships = CityMembership.objects.exclude(status=CityMembership.Status.LEFT)
    return memberships.filter(city__in=cities).exists()


def _listed(things):
    return ", ".join(str(thing) for thing in things)
