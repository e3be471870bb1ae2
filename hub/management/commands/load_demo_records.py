from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand

from hub.search import learn_next
from members.models import Body

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo_records.json"


class Command(BaseCommand):
    help = "Put the demonstration records on the shelf (after the demo cities); again, it changes nothing."

    def handle(self, **options):
        Body.objects.get_or_create(
            code="focal-points",
            defaults={
                "kind": Body.Kind.FOCAL_POINTS,
                "name_en": "Focal points",
                "name_fr": "Points focaux",
                "name_ar": "جهات الاتصال",
            },
        )
        call_command("import_records", DEMO, stdout=self.stdout, stderr=self.stderr)
        while learn_next():
            pass
