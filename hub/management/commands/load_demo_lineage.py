from datetime import date, timedelta

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from core.models import Term
from hub.models import Adaptation, Record, RecordRelation, SearchRow
from members.models import City

# Invented places, none of them a member: (address, country, names).
CITIES = {
    "sample-bay": ("NZ", "Sample Bay (fictional)", "Sample Bay (ville fictive)", "سامبل باي (مدينة متخيلة)"),
    "nouvelle-rive": (
        "CA", "Nouvelle-Rive (fictional)", "Nouvelle-Rive (ville fictive)", "نوفيل ريف (مدينة متخيلة)",
    ),
    "test-island": ("MT", "Test Island (fictional)", "Test Island (ville fictive)", "تست آيلاند (مدينة متخيلة)"),
}  # fmt: skip
BUS, FERRY, DRIVER, UNCONFIRMED = "SCN-P-0001", "SCN-P-0003", "SCN-I-0001", "SCN-P-0004"


class Command(BaseCommand):
    help = "Show in the demonstration who adapted what, and what is unconfirmed; again, it changes nothing."

    @transaction.atomic
    def handle(self, **options):
        cities = {slug: _city(slug, *facts) for slug, facts in CITIES.items()}
        records = {record.code: record for record in Record.objects.all()}
        for source, slug, facts in _adaptations(records):
            Adaptation.objects.get_or_create(
                source=records[source], city=cities[slug], defaults=facts
            )
        RecordRelation.objects.get_or_create(
            source=records[DRIVER], kind=RecordRelation.Kind.OUTPUT_OF, target=records[BUS]
        )
        today = timezone.now().date()
        unconfirmed = Record.objects.filter(code=UNCONFIRMED, last_confirmed_on=None)
        unconfirmed.filter(review_due__gt=today).update(review_due=today - timedelta(days=40))
        SearchRow.objects.refresh(records[UNCONFIRMED])


def _city(slug, country, *names):
    country = Term.objects.get(vocabulary="country", code=country)
    facts = dict(zip(("name_en", "name_fr", "name_ar"), names, strict=True))
    facts |= {"country": country, "hub": country.hub, "listing": City.Listing.PUBLIC}
    return City.objects.get_or_create(slug=slug, defaults=facts)[0]


def _adaptations(records):
    """(code of what was adapted, by which city, what it says of it)."""
    return [
        (
            BUS,
            "sample-bay",
            {
                "status": Adaptation.Status.RUNNING,
                "result": records[FERRY],
                "start_date": date(2025, 5, 1),
                "kept_en": "The pairs, the badges, and the talk after each evening.",
                "kept_fr": "Les binômes, les badges et l’échange après chaque soirée.",
                "changed_en": "Two ferries instead of three bus lines, weekends only. Nobody can leave a ferry, so"
                " half of the training is about giving people room.",
                "outcome_en": "Fewer loud crossings in the second season. It was also a colder one.",
                "cost_amount": 38000,
                "cost_currency": "NZD",
            },
        ),
        (
            BUS,
            "nouvelle-rive",
            {
                "status": Adaptation.Status.PILOTING,
                "start_date": date(2026, 3, 1),
                "kept_fr": "La formation de dix jours, presque mot pour mot.",
                "changed_fr": "Des médiateurs plus âgés, et des lignes de tramway.",
            },
        ),
        (
            FERRY,
            "test-island",
            {
                "status": Adaptation.Status.CONSIDERING,
                "kept_en": "It would be one ferry, in summer. We look for a mentor from Sample Bay.",
            },
        ),
    ]
