"""A record in another language: written by staff it stands at once, handed in by its city it waits for staff."""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.actions import contributions, revisions
from hub.actions.card_fields import TEXT, fingerprint, flat
from hub.actions.checklist import missing
from hub.models import Contribution, Record, RecordText, Revision, SearchRow


class Overtaken(Exception):
    """Somebody saved this translation meanwhile; `text` is what stands there now (None: nothing any more)."""

    def __init__(self, text):
        self.text = text
        super().__init__("Somebody else has saved this translation.")


def mark_of(text: RecordText | None) -> str:
    """A short word that is the same as long as this version says the same with the same status."""
    said = {name: getattr(text, name) for name in ["status", *TEXT]} if text else {}
    return fingerprint(said)


def source_before(record, text: RecordText) -> dict | None:
    """The original as it was when this translation was made; None if no version of then was kept."""
    kept = Revision.objects.filter(
        record=record, number__gte=text.source_revision, number__lt=record.text_revision
    )
    version = kept.order_by("number").first()
    return version.card.get("texts", {}).get(record.original_language) if version else None


@transaction.atomic
def translate(record, *, language, words, status, made_from, seen, by) -> RecordText:
    """The record is read in this language as it was written here, and found by its words.

    `words` maps the names of texts to texts, `made_from` is the version of the original it was made from, `seen` the
    mark of what stood there when the writing began. Raises Overtaken where somebody else has saved since.
    """
    record = Record.objects.select_for_update().get(pk=record.pk)
    text = record.texts.filter(language=language).first()
    if mark_of(text) != seen:
        raise Overtaken(text)
    revisions.keep(record)
    text = text or RecordText(record=record, language=language)
    for name, said in words.items():
        setattr(text, name, said)
    text.status, text.source_revision = status, min(made_from, record.text_revision)
    text.save()
    record.revision, record.updated_at = record.revision + 1, timezone.now()
    record.save(update_fields=["revision", "updated_at"])
    revisions.keep(record, by=by)
    SearchRow.objects.refresh(record)
    journal.record("translated", record, by=by, language=language, status=status)
    return text


@transaction.atomic
def hand_in(record, *, language, words, city, by) -> Contribution:
    """The translation waits for the city's focal point and for staff; until they publish it nobody reads it.

    It stays a draft, which its page explains, while the record lacks something it needs. The same once more is the
    one that is under way already.
    """
    record = Record.objects.select_for_update().get(pk=record.pk)
    paths = [f"texts.{language}.{name}" for name in TEXT]
    fields = {f"texts.{language}.{name}": said for name, said in words.items() if said}
    under_way = Contribution.objects.filter(
        record=record, language=language, created_by=by, status__in=Contribution.OPEN
    )
    for other in under_way:
        if {path: said for path, said in flat(other.card).items() if path in paths} == fields:
            return other
    contribution = contributions.propose(record, city=city, language=language, by=by)
    contribution = contributions.save(
        contribution,
        fields=fields,
        paths=paths,
        version=contribution.version,
        seen="",
        by=by,
    )
    return contribution if missing(contribution) else contributions.send(contribution, by=by)
