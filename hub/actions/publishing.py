"""A card goes on the shelf: what members wrote becomes the record, or the record becomes what it was once."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import journal
from hub.actions import revisions
from hub.actions.card_dump import dump
from hub.actions.card_fields import EMPTY, card_of, flat
from hub.actions.card_parts import EVIDENCE
from hub.actions.card_schema import CardReader, Known
from hub.actions.card_values import BadCards
from hub.actions.card_write import write_values
from hub.actions.records import next_code
from hub.emails import contributions as letters
from hub.models import Contribution, Record, RecordFile, RecordText, Revision, SearchRow

Status = Contribution.Status
# An older version comes back with the readers of today.
AUDIENCE = ("visibility", "groups")


@dataclass(frozen=True)
class Merge:
    """What a contribution changes in a record, beside what changed there since it was begun. All are flat cards.

    `ours` are the paths the contribution changes, `since` those that changed in the record meanwhile, and `clashes`
    those that both changed, each to something else.
    """

    base: dict[str, Any]
    now: dict[str, Any]
    proposed: dict[str, Any]
    ours: frozenset
    since: frozenset
    clashes: frozenset

    def result(self, keep=()) -> dict[str, Any]:
        """The record with the contribution's changes; of the paths in `keep` the record's own words stay."""
        merged = dict(self.now)
        for path in self.ours - set(keep):
            merged.pop(path, None)
            if path in self.proposed:
                merged[path] = self.proposed[path]
        return merged


class Unmerged(Exception):
    """The record changed since the contribution was begun, and staff have not seen how."""


def merge_of(contribution) -> Merge:
    """How the contribution and its record differ from what it was begun with. A new record begins with nothing."""
    proposed = flat(contribution.card)
    base: dict[str, Any] = {}
    now: dict[str, Any] = {}
    if contribution.record and contribution.base_revision:
        number = contribution.base_revision
        base = flat(Revision.objects.get(record=contribution.record_id, number=number).card)
        now = flat(dump(contribution.record, with_files=False))
    ours, since = _changed(base, proposed), _changed(base, now)
    clashes = {path for path in ours & since if proposed.get(path) != now.get(path)}
    return Merge(base, now, proposed, ours, since, frozenset(clashes))


@transaction.atomic
def publish(contribution, *, onto=None, keep=(), by) -> Record:
    """The record is on the shelf as it was written; its authors and the city's focal point know.

    `onto` is the version of the record that staff compared it with (none for a new record): raises Unmerged when it
    has changed again. Of the paths in `keep` the record's own words stay. Raises BadCards.
    """
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    contribution.move_to(Status.PUBLISHED)
    record = contribution.record and Record.objects.select_for_update().get(
        pk=contribution.record_id
    )
    if record and record.revision != onto:
        raise Unmerged
    contribution.record = record
    record = _put(contribution, merge_of(contribution).result(keep), by=by)
    contribution.record, contribution.ended_at = record, timezone.now()
    contribution.save(update_fields=["status", "record", "ended_at"])
    journal.record("published", contribution, by=by, record=record.code, version=record.revision)
    journal.record("published", record, by=by, version=record.revision)
    letters.published(contribution)
    return record


@transaction.atomic
def restore(revision, *, by) -> Record:
    """The record says again what it said in this version, as a new version; the ones between are kept.

    Who may read it stays as it is today.
    """
    record = Record.objects.select_for_update().get(pk=revision.record_id)
    if record.revision == revision.number:
        return record
    now = flat(dump(record, with_files=False))
    audience = {path: now[path] for path in AUDIENCE if path in now}
    said = {path: value for path, value in flat(revision.card).items() if path not in AUDIENCE}
    _write(record, said | audience)
    record = _count(record, by=by)
    journal.record("restored", record, by=by, version=revision.number)
    return record


def preview(contribution) -> Record:
    """The record as it would be published now, unfinished parts and all. The caller rolls everything back."""
    record = contribution.record
    if record is None:
        code = f"PREVIEW-{contribution.pk}"
        record = Record(code=code, status=Record.Status.PUBLISHED, published_at=timezone.now())
    contribution.record = record if record.pk else None
    fields = _readable(merge_of(contribution).result(), contribution.language)
    _write(record, fields, contribution)
    RecordFile.objects.filter(contribution=contribution, record=None).update(record=record)
    return record


def _changed(before, after):
    return frozenset(path for path in {**before, **after} if before.get(path) != after.get(path))


def _put(contribution, fields, *, by):
    """Create the record or bring it up to date, with everything that belongs to a new version."""
    record = contribution.record
    if record is None:
        kind = fields.get("kind", Record.Kind.PRACTICE)
        record = Record(code=next_code(kind), created_by=contribution.created_by)
    _write(record, fields, contribution)
    if record.status != Record.Status.PUBLISHED:
        record.move_to(Record.Status.PUBLISHED)
    record.published_at = record.published_at or timezone.now()
    RecordFile.objects.filter(contribution=contribution, record=None).update(record=record)
    return _count(record, contribution, by=by)


def _write(record, fields, contribution=None):
    """The record's own fields become exactly these; what authors do not write stays. Raises BadCards."""
    is_new = record.pk is None
    card = card_of(fields)
    if is_new and contribution and contribution.city:
        card["cities"] = [{"slug": contribution.city.slug, "role": "owner"}]
    reader = CardReader(1, card, Known.load())
    if reader.problems:
        raise BadCards(reader.problems)
    if not is_new:
        revisions.keep(record)
        _date_texts(record, reader.values["texts"], contribution)
    write_values(record, EMPTY | reader.values)


def _date_texts(record, texts, contribution):
    """A changed original makes translations older than it; a translation is of the one its writer had."""
    known = {text.language: text for text in record.texts.all()}
    changed = {language for language, said in texts.items() if _differs(known.get(language), said)}
    made_from = _source_of(record, contribution)
    if record.original_language in changed:
        made_from = record.text_revision = record.revision + 1
    for language, said in texts.items():
        text = known.get(language)
        if text and language not in changed:
            said |= {"status": text.status, "source_revision": text.source_revision}
        else:
            said |= {"status": RecordText.Status.REVIEWED, "source_revision": made_from}


def _source_of(record, contribution):
    """The version of the original text that stood in the record when the contribution was begun."""
    if contribution is None:
        return record.text_revision
    base = Revision.objects.get(record=record, number=contribution.base_revision)
    return min(base.card.get("text_revision", 1), record.text_revision)


def _differs(text, said):
    names = ["title", "summary", "keywords", *RecordText.BODY]
    return text is None or any(getattr(text, name).strip() != said[name] for name in names)


def _count(record, contribution=None, *, by):
    """A new version: counted, dated, kept whole, and found by its new words."""
    if Revision.objects.filter(record=record).exists():
        record.revision += 1
    record.updated_at = timezone.now()
    if contribution:
        _note_evidence(record, contribution)
    record.save()
    revisions.keep(record, by=by, contribution=contribution)
    SearchRow.objects.refresh(record)
    return record


def _note_evidence(record, contribution):
    """What is true of this version: its city declared it, the city endorsed it, staff read it. Peers have not."""
    today = timezone.localdate()
    days = {"staff_checked": today}
    if contribution.city_id:
        days["self_declared"] = contribution.submitted_at.date()
    if contribution.signed_off_at:
        days["city_endorsed"] = contribution.signed_off_at.date()
    for axis in EVIDENCE:
        if axis in days:
            setattr(record, f"{axis}_on", days[axis])
            setattr(record, f"{axis}_revision", record.revision)
    record.last_confirmed_on = today
    record.renew(today)


def _readable(fields, language):
    """For a preview: what cannot be read yet is left out, and there is a title to see."""
    fields = {f"texts.{language}.title": str(_("untitled"))} | fields
    if f"texts.{fields.get('original_language')}.title" not in fields:
        fields["original_language"] = language
    for problem in CardReader(1, card_of(fields), Known.load()).problems:
        fields = _without(fields, problem.field)
    return fields


def _without(fields, path):
    """The fields without those that a fault is about; a text without a title goes as a whole."""
    names = path.split(".")
    if names[0] == "texts" and names[2:] == ["title"]:
        start = ".".join(names[:2])
        return {known: value for known, value in fields.items() if not known.startswith(start)}
    about = {names[0], ".".join(names[:2]), path, _TOGETHER.get(path)}
    return {known: value for known, value in fields.items() if known not in about}


# A fault that is named at one field and lies in another too.
_TOGETHER = {"cost_currency": "cost_amount", "groups": "visibility"}
