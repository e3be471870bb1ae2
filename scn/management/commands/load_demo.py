"""The demo world: real cities, fictional people, records of the library."""

import json
import secrets
from datetime import UTC, date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from core import journal
from core.models import Term
from members.actions import checks
from members.actions import cities as cities_of
from members.models import (
    Body,
    BodyMember,
    City,
    CityMembership,
    MembershipApplication,
    Person,
    Place,
    PledgeAcceptance,
    PledgeVersion,
    Post,
    StaffScope,
    User,
)

DATA = settings.BASE_DIR / "scn" / "data" / "demo.json"
LAUNCH = date(2015, 9, 29)


class Command(BaseCommand):
    help = "Fill an empty database with the demo world. Safe to run again: it changes nothing then."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("load_demo fills a database with invented people: set DEMO=1 first.")
        if City.objects.exists():
            self.stdout.write("The database has cities already; the demo world was left as it is.")
            return
        if not Place.objects.exists():
            raise CommandError(
                "The gazetteer is empty: run `python manage.py load_gazetteer` first."
            )
        world = json.loads(DATA.read_text(encoding="utf-8"))
        with transaction.atomic():
            cities = _cities(world["cities"])
            people = _people(world["people"], cities)
            _focal_points_group(people)
            _colleague_waiting(cities["aarhus"])
            _in_vetting(world["in_vetting"])
        call_command("load_demo_records")
        call_command("load_demo_lineage")
        self.stdout.write(f"The demo world is loaded: {len(cities)} cities, {len(people)} people.")


def password():
    """The one password of all demo accounts, made once and kept beside the state."""
    kept = settings.STATE_DIR / "demo-password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text("-".join(secrets.token_hex(3) for _ in range(3)), encoding="utf-8")
    return kept.read_text(encoding="utf-8").strip()


def _place(row):
    found = [p for p in Place.objects.search(row["place"], limit=10) if p.country == row["country"]]
    if not found:
        raise CommandError(f"The gazetteer has no {row['place']} ({row['country']}).")
    return found[0]


def _cities(rows):
    call_command("load_pledges", verbosity=0)
    pledge = PledgeVersion.objects.in_force()
    made = {}
    for row in rows:
        city = _city(row)
        CityMembership.objects.create(city=city, since=LAUNCH)
        signatory = Person.objects.create(name=f"Signatory of {row['en']} (fictional)")
        PledgeAcceptance.objects.create(
            city=city,
            version=pledge,
            language="en",
            signatory=signatory,
            office="Mayor",
            signed_at=datetime(2015, 9, 29, 20, tzinfo=UTC),
        )
        made[row["slug"]] = city
    return made


def _city(row):
    place = _place(row)
    country = Term.objects.get(vocabulary="country", code=place.country)
    city = City(
        slug=row["slug"],
        name_en=row["en"],
        name_fr=row["fr"],
        name_ar=row["ar"],
        aliases=[name for name in place.names if len(name) <= 120],
        country=country,
        hub=country.hub,
        listing=City.Listing.PUBLIC,
        is_founder=row.get("founder", False),
        **cities_of.figures(place),
    )
    city.folded_names = cities_of.folded_names(city)
    city.save()
    return city


def _people(rows, cities):
    secret = password()
    return {row["account"]: _person(row, cities, secret) for row in rows}


def _account(name, secret, language):
    user = User.objects.create_user(f"{name}@example.org", secret, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def _person(row, cities, secret):
    user = _account(row["account"], secret, row.get("language", "en"))
    person = Person.objects.create(
        user=user,
        name=row["name"],
        email=user.email,
        language=user.language,
        status=Person.Status.SUSPENDED if row.get("suspended") else Person.Status.ACTIVE,
    )
    if scope := row.get("staff"):
        User.objects.filter(pk=user.pk).update(is_staff=True)
        made = StaffScope.objects.create(user=user, everywhere=scope == "everywhere")
        made.hubs.set(Term.objects.filter(vocabulary="hub", code=scope))
    if row.get("reviewer"):
        Post.objects.create(
            person=person,
            role=Post.Role.EXPERT,
            title="Reviewer",
            status=Post.Status.ACTIVE,
            start_date=LAUNCH,
        )
    if slug := row.get("city"):
        Post.objects.create(
            person=person,
            city=cities[slug],
            role=row["role"],
            title=row["title"],
            is_focal_point=row.get("focal", False),
            is_signatory=row.get("signatory", False),
            status=Post.Status.ACTIVE,
            start_date=LAUNCH,
        )
    return person


def _focal_points_group(people):
    body = Body.objects.create(
        code="focal-points",
        kind=Body.Kind.FOCAL_POINTS,
        name_en="Focal points",
        name_fr="Points focaux",
        name_ar="جهات الاتصال",
    )
    for account in ("focal.aarhus", "focal.mombasa"):
        BodyMember.objects.create(body=body, person=people[account], since=LAUNCH)


def _colleague_waiting(city):
    sent = timezone.now() - timedelta(days=3)
    application = MembershipApplication.objects.create(
        status=MembershipApplication.Status.AWAITING_CITY,
        route=MembershipApplication.Route.JOIN_CITY,
        city=city,
        city_name=city.name_en,
        country=city.country,
        hub=city.hub,
        email="zoe.prove@example.org",
        name="Zoe Prøve",
        role=Post.Role.FRONTLINE,
        office="Outreach worker",
        department="Youth service",
        employer_page="https://youth.example.org/",
        city_asked_at=sent,
        confirmed_at=sent,
        sent_at=sent,
        created_at=sent,
        due_on=(sent + timedelta(days=14)).date(),
        pledged_at=sent,
        pledge=PledgeVersion.objects.in_force(),
        is_signatory=False,
    )
    checks.run(application)
    journal.record("sent", application)


def _in_vetting(row):
    """Málaga's fictional applicant has an account that sees the status page and nothing else."""
    place = _place(row)
    country = Term.objects.get(vocabulary="country", code=place.country)
    sent = timezone.now() - timedelta(days=9)
    user = _account("applicant.malaga", password(), "en")
    person = Person.objects.create(user=user, name="Marta Ejemplo", email=user.email)
    application = MembershipApplication.objects.create(
        status=MembershipApplication.Status.SUBMITTED,
        route=MembershipApplication.Route.NEW_CITY,
        place=place,
        city_name=row["en"],
        country=country,
        hub=country.hub,
        email=user.email,
        name=person.name,
        role=Post.Role.SENIOR,
        office="Head of the mayor’s office (fictional)",
        department="Mayor’s office",
        employer_page="https://malaga.example.org/",
        city_website="https://malaga.example.org/",
        person=person,
        is_signatory=True,
        motivation="Demonstration text: a fictional official would say here what the city hopes for.",
        confirmed_at=sent,
        sent_at=sent,
        created_at=sent,
        pledged_at=sent,
        due_on=(sent + timedelta(days=settings.ANSWER_WITHIN_DAYS)).date(),
        pledge=PledgeVersion.objects.in_force(),
    )
    application.themes.set(Term.objects.of("theme")[:3])
    application.languages.set(Term.objects.filter(vocabulary="language", code__in=["es", "en"]))
    checks.run(application)
    journal.record("sent", application)
