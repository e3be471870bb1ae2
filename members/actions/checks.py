"""What can be looked at without asking anybody: the automatic rows of a dossier."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from core.folding import fold
from core.spelling import distance
from members.models import (
    City,
    CityDomain,
    CityMembership,
    MembershipApplication,
    Person,
    Place,
    VettingCheck,
)

Kind, Result = VettingCheck.Kind, VettingCheck.Result

_DATA = Path(__file__).resolve().parent.parent / "data"
_LONG_NAME = 6


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


def is_free_mail(domain: str) -> bool:
    """Whether anybody may get a mailbox at this domain (members/data/free_mail.txt, or what staff noted)."""
    return (
        domain in _lines("free_mail.txt")
        or CityDomain.objects.filter(domain=domain, kind=CityDomain.Kind.FREE_MAIL).exists()
    )


def government_suffix(domain: str) -> str:
    """The suffix that only public bodies get and that this domain ends with, or ""."""
    parts = domain.split(".")
    suffixes = (".".join(parts[start:]) for start in range(len(parts)))
    return next((suffix for suffix in suffixes if suffix in _lines("government_suffixes.txt")), "")


def names_of(application) -> set[str]:
    """Every folded spelling the applied-for city is known by, in any script."""
    names = [application.city_name, application.city_name_local]
    place = _place(application)
    if place:
        names += [place.name, *place.names]
    return {fold(name) for name in names if name}


def _email_confirmed(application):
    if application.confirmed_at:
        return Finding(Result.PASS, _("The link was opened and the button pressed."))
    return Finding(Result.FAIL, _("Nobody has confirmed this address."))


def _domain_known(application):
    facts = {"domain": application.email_domain}
    known = CityDomain.objects.filter(
        domain__in=_parents(application.email_domain), kind=CityDomain.Kind.OFFICIAL
    )
    cities = list(City.objects.filter(domains__in=known).distinct().order_by("pk"))
    if not cities:
        return Finding(Result.NOT_APPLICABLE, _("%(domain)s is in no city’s list yet."), facts)
    found = {"cities": [city.pk for city in cities]}
    if application.city_id in found["cities"] or any(
        _is_same_city(application, city) for city in cities
    ):
        return Finding(Result.PASS, _("%(domain)s is the city’s own."), facts, found)
    facts["city"] = str(cities[0])
    return Finding(Result.WARN, _("%(domain)s belongs to another city: %(city)s."), facts, found)


def _domain_is_website(application):
    hosts = {_host(application.city_website), _host(application.employer_page)} - {""}
    if not hosts:
        return Finding(Result.NOT_APPLICABLE, _("No website was given."))
    facts = {"domain": application.email_domain, "hosts": ", ".join(sorted(hosts))}
    if any(_share_a_site(application.email_domain, host) for host in hosts):
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
    place = _place(application)
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
    names = names_of(application)
    cities = _like_named(_cities_of_country(application), names)
    if application.place_id:
        cities |= {city.pk: city for city in City.objects.filter(geoname_id=application.place_id)}
    others = _open_for_same_city(application, names)
    if not cities and not others:
        return Finding(Result.PASS, _("No city and no open application of this name."))
    facts = {"names": _listed([*cities.values(), *others.values()])}
    found = {"cities": sorted(cities), "applications": sorted(others)}
    if application.city_id in cities:
        return Finding(
            Result.PASS, _("Asks to join a city that is known: %(names)s."), facts, found
        )
    if _has_member(city for city in cities.values() if _is_same_city(application, city)):
        return Finding(Result.FAIL, _("A member already: %(names)s."), facts, found)
    return Finding(Result.WARN, _("Perhaps the same: %(names)s."), facts, found)


def _duplicate_person(application):
    people = {person.pk: person for person in _people_like(application)}
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


@functools.cache
def _lines(name):
    text = (_DATA / name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _parents(domain):
    """police.example.org -> police.example.org, example.org"""
    parts = domain.split(".")
    return [".".join(parts[start:]) for start in range(len(parts) - 1)]


def _host(url):
    host = (urlsplit(url).hostname or "").lower()
    return host.removeprefix("www.")


def _share_a_site(domain, host):
    """The same name, or one below the other; never merely the same public suffix."""
    if host in _lines("government_suffixes.txt") or is_free_mail(host):
        return False
    return host == domain or domain.endswith(f".{host}") or host.endswith(f".{domain}")


def _place(application):
    """The place chosen, if the gazetteer still has it."""
    return Place.objects.filter(pk=application.place_id).first() if application.place_id else None


def _is_same_city(application, city):
    """Chosen as the same place, or of the same name in the same country."""
    if application.place_id and application.place_id == city.geoname_id:
        return True
    is_same_name = bool(names_of(application) & set(city.folded_names))
    return is_same_name and application.country_id == city.country_id


def _cities_of_country(application):
    cities = City.objects.all()
    return cities.filter(country=application.country_id) if application.country_id else cities


def _surely_same(application):
    if application.city_id:
        return [application.city_id]
    return [city.pk for city in _cities_of_country(application) if _is_same_city(application, city)]


def _like_named(cities, names):
    """{pk: city} of the cities with one of these names, or one a slip away."""
    return {
        city.pk: city
        for city in cities
        if names & set(city.folded_names) or _nearly(names, city.folded_names)
    }


def _nearly(names, others):
    """Long names one letter apart: Kolkatta, Kolkata."""
    return any(
        distance(name, other, at_most=1) <= 1
        for name in names
        for other in others
        if min(len(name), len(other)) >= _LONG_NAME and abs(len(name) - len(other)) <= 1
    )


def _open_for_same_city(application, names):
    """{pk: application} of the other open applications for this city."""
    others = MembershipApplication.objects.open().exclude(pk=application.pk)
    if application.country_id:
        others = others.filter(country=application.country_id)
    return {
        other.pk: other
        for other in others
        if (application.place_id and other.place_id == application.place_id)
        or names & {fold(other.city_name), fold(other.city_name_local)} - {""}
        or _nearly(names, {fold(other.city_name)})
    }


def _has_member(cities):
    memberships = CityMembership.objects.exclude(status=CityMembership.Status.LEFT)
    return memberships.filter(city__in=list(cities)).exists()


def _people_like(application):
    """Of the same address anywhere, or of the same name in the same city."""
    yield from Person.objects.filter(
        Q(email__iexact=application.email) | Q(user__email__iexact=application.email)
    )
    names = {fold(name) for name in (application.name, application.name_local) if name}
    for person in Person.objects.filter(posts__city__in=_surely_same(application)).distinct():
        if names & {fold(person.name), fold(person.name_local)}:
            yield person


def _listed(things):
    return ", ".join(str(thing) for thing in things)
