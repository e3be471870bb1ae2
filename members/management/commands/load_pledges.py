import json
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand

from members.models import PledgeVersion

DATA = settings.BASE_DIR / "members" / "data" / "pledges.json"


class Command(BaseCommand):
    help = "Bring in the versions of the pledge that are not there yet; a version never changes."

    def handle(self, *, verbosity, **options):
        versions = json.loads(DATA.read_text(encoding="utf-8"))
        new = [_bring_in(version) for version in versions]
        if verbosity:
            self.stdout.write(f"{sum(new)} new, {len(new) - sum(new)} there already")


def _bring_in(version):
    texts = {f"text_{code}": text for code, text in version["text"].items()}
    _, created = PledgeVersion.objects.get_or_create(
        number=version["number"],
        defaults=texts | {"valid_from": date.fromisoformat(version["valid_from"])},
    )
    return created
