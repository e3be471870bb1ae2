import logging
import time
from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import jobs
from core.lifecycle import IllegalMove
from hub import rules
from hub.actions import (
    access,
    exports,
    extraction,
    freshness,
    imports,
    scanning,
    searches,
    sign_off,
)
from hub.actions.audience import change_audience_of
from hub.forms import LibraryForm
from hub.models import AccessGrant, Contribution, Record, SavedSearch, SearchRow
from hub.search import Wanted, learn, learn_next
from hub.search import keys as found_keys
from members.models import Body

log = logging.getLogger(__name__)

_TOGETHER = 100
_MOST_FOUND = 2_000  # records of a search, the best first, looked through for what is new
_LOOKING_SECONDS = 300
_LEARNING_SECONDS = 25


@shared_task
def look_into_files():
    """Have the scanner look at files that were sent, then read the words of those that are clean."""
    end = time.monotonic() + _LOOKING_SECONDS
    while time.monotonic() < end and (scanning.scan_next() or extraction.read_next()):
        pass


@shared_task
def remind_of_sign_off():
    """Focal points who have not answered a colleague's contribution are reminded after a week."""
    since = timezone.now() - timedelta(days=Contribution.CITY_REMINDED_AFTER_DAYS)
    for contribution in Contribution.objects.unanswered_by_city(since):
        with suppress(IllegalMove):  # somebody may decide while we run
            sign_off.remind(contribution)


@shared_task
def refresh_search():
    """Cities may change their name, or who may know of them: their records are found accordingly."""
    records = Record.objects.with_cities()
    if records:
        SearchRow.objects.refresh(*records)


@shared_task
def learn_new_words():
    """The words of records that changed since the last run can be suggested to those who misspell them."""
    end = time.monotonic() + _LEARNING_SECONDS
    while learn_next() and time.monotonic() < end:
        pass


@shared_task
def learn_words():
    """Count anew in how many records each word stands: how much it tells, and what a misspelt one may have meant."""
    learn()


@jobs.kind("request_access", label=gettext_lazy("Request to read a record"))
def request_access(job):
    """A member's request reaches those who keep the record; what there is not, or what is no group's, reaches nobody.

    The job ends the same way whatever there was.
    """
    asked = Record.objects.to_be_asked_for(job.params["code"]).first()
    if asked and rules.may_ask_access(job.owner):
        access.ask(asked, reason=job.params["reason"], by=job.owner)


@jobs.kind("change_audience", label=gettext_lazy("Change of who may read records"))
def change_audience(job):
    """Many records get a new audience, a hundred at a time; each hundred holds at once everywhere."""
    keys, changed = job.params["records"], 0
    groups = list(Body.objects.filter(pk__in=job.params["groups"]))
    for start in range(0, len(keys), _TOGETHER):
        changed += change_audience_of(
            keys[start : start + _TOGETHER],
            visibility=job.params["visibility"],
            groups=groups,
            by=job.owner,
        )
        jobs.progress(job, min(start + _TOGETHER, len(keys)), len(keys))
    return {"counts": {str(_("changed")): changed, str(_("as they were")): len(keys) - changed}}


@shared_task
def tell_searches():
    """Members are told what is new in the searches they keep; run twice, it tells nothing twice.

    The last minute waits for the next run: what is published just now may not be committed yet.
    """
    until = timezone.now() - timedelta(minutes=1)
    newest = Record.objects.last_appeared(until)
    if newest is None:
        return
    for saved in SavedSearch.objects.due(until, newest=newest).select_related("user__person"):
        try:
            searches.tell(saved, _new_in(saved, until), until=until)
        except SavedSearch.DoesNotExist:
            continue  # its owner deleted it just now
        except (ValidationError, DatabaseError):
            # An address that cannot be one, a search that takes too long: the others still get theirs.
            log.exception("no letter about saved search %s", saved.pk)


@shared_task
def forget_searches():
    """What was looked for longer than a year ago is forgotten."""
    searches.drop_old_log()


@shared_task
def remind_of_access():
    """Whoever may read a record until a day has a letter two weeks before."""
    day = timezone.now().date() + timedelta(days=AccessGrant.REMINDED_DAYS_BEFORE)
    for grant in AccessGrant.objects.ending_by(day):
        access.remind(grant)


@jobs.kind("import_records", label=gettext_lazy("Import of library records"))
def import_records(job):
    """Take an uploaded file of records, all of them or none; or only say what would change."""
    place, dry_run = job.params["place"], job.params.get("dry_run", False)
    try:
        with default_storage.open(place) as file, jobs.progress_apart(job) as progress:
            result = imports.report(file, by=job.owner, dry_run=dry_run, progress=progress)
    except FileNotFoundError as error:
        raise jobs.Failed(_("The file is no longer here. Send it again.")) from error
    if not dry_run:
        default_storage.delete(place)
    elif "failures" not in result:
        address = reverse("admin:hub_record_import")
        result["link"] = {
            "url": f"{address}?tried={job.uid}",
            "label": str(_("Go on to import it")),
        }
    return result


@jobs.kind("export_records", label=gettext_lazy("Export of library records"))
def export_records(job):
    """A workbook of the records that its owner may read at this moment, kept for a day."""
    number = exports.keep_workbook(
        job, job.params["keys"], lambda done, total: jobs.progress(job, done, total)
    )
    address = reverse("hub:export_file", args=[job.uid])
    return {
        "counts": {str(_("written")): number},
        "link": {"url": address, "label": str(_("Download the workbook"))},
    }


@shared_task
def clear_away():
    """Exports that were made and files that were sent for an import are kept for a day."""
    exports.clear_away(before=timezone.now() - timedelta(days=1))


@shared_task
def keep_fresh():
    """Ask whether what is due today is still right, and take off the shelf what nobody confirms."""
    freshness.look_after(timezone.now().date())


def _new_in(saved, until):
    """The records of a search that appeared since its last letter and that its owner may read at this moment.

    Records with only some of the words stand on the page of results, but are no news.
    """
    if not rules.may_keep(saved.user):
        return []
    appeared = Record.objects.visible_to(saved.user).appeared(saved.told_until, until)
    form = LibraryForm.from_address(saved.query, saved.user)
    wanted = Wanted(text=form.q, chosen=form.chosen)
    found = found_keys(saved.user, wanted, _MOST_FOUND, strict=True)
    return list(appeared.filter(pk__in=found).newest_first().prefetch_related("texts"))
