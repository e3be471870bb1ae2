from celery import shared_task
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import jobs
from hub.actions.card_values import BadCards
from hub.actions.cards import import_cards
from hub.models import Record, SearchRow


@shared_task
def refresh_search():
    """Cities may change their name, or who may know of them: their records are found accordingly."""
    records = Record.objects.with_cities()
    if records:
        SearchRow.objects.refresh(*records)


@jobs.kind("import_records", label=gettext_lazy("Import of library records"))
def import_records(job):
    """Take an uploaded file of records: all of them, or none with every fault named."""
    place = job.params["place"]
    try:
        with default_storage.open(place) as file:
            source = file.read().decode("utf-8", errors="replace")
    except FileNotFoundError as error:
        raise jobs.Failed(_("The file is no longer here. Send it again.")) from error
    result = _import(job, source)
    default_storage.delete(place)
    return result


def _import(job, source):
    try:
        summary = import_cards(
            source, by=job.owner, progress=lambda done, total: jobs.progress(job, done, total)
        )
    except BadCards as error:
        return {
            "counts": {str(_("taken")): 0},
            "failures": [
                {"row": problem.row, "column": problem.field, "problem": problem.message}
                for problem in error.problems
            ],
        }
    return {
        "counts": {
            str(_("new")): summary.new,
            str(_("changed")): summary.changed,
            str(_("as they were")): summary.unchanged,
            str(_("in the library now")): Record.objects.count(),
        }
    }
