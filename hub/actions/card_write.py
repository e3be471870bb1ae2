"""Writing what cards say into records: their fields, and the parts that are rows of their own.

Everything is written for many records at once; one record is a list of one.
"""

from collections import defaultdict

from django.core.files.base import ContentFile
from django.utils import timezone

from core import files
from hub.actions.card_parts import WHOLE_TEXT
from hub.models import (
    Evaluation,
    EvaluationRating,
    Record,
    RecordCity,
    RecordContact,
    RecordFile,
    RecordLink,
    RecordRelation,
    RecordText,
)
from hub.models.files import first_scan

PLAIN = [
    "kind", "visibility", "embargo_until", "original_language", "is_fictional", "from_public_record",
    "is_ongoing", "lead_organization", "internet_dependence", "conflict_affected", "cost_amount",
    "cost_currency", "staff_fte", "funders", "cover", "licence", "revision", "text_revision",
    "created_at", "updated_at", "published_at", "last_confirmed_on", "review_due",
]  # fmt: skip
_WORDS = ("method", "overall_comment", "reply")


def write_values(record, values):
    """The record says what `values` say, as CardReader read them; relations come after, with write_relations.

    Evaluations that members wrote here stay as they are, whatever the card says.
    """
    write_all([(record, values)])


def write_all(pairs):
    """Each record of the (record, values) says what its values say, in a handful of statements for all."""
    for record, values in pairs:
        _set(record, values)
    were_here = {record.pk for record, _values in pairs if record.pk}
    for record, _values in pairs:
        if record.pk:
            record.save()
    Record.objects.bulk_create([record for record, _values in pairs if not record.pk])
    for name, write_part in _PARTS.items():
        said = [(record, values[name]) for record, values in pairs if name in values]
        if said:
            write_part(said, [record for record, _value in said if record.pk in were_here])


def write_relations(said):
    """How records stand to others, which are there by now; `said` is a list of (key of a record, relations)."""
    codes = {relation["target"] for _pk, relations in said for relation in relations}
    targets = dict(Record.objects.filter(code__in=codes).values_list("code", "pk"))
    RecordRelation.objects.filter(source__in=[pk for pk, _relations in said]).delete()
    RecordRelation.objects.bulk_create(
        RecordRelation(
            source_id=pk,
            kind=relation["kind"],
            target_id=targets[relation["target"]],
            note=relation["note"],
        )
        for pk, relations in said
        for relation in relations
    )


def _set(record, values):
    if values.get("review_due", record.review_due) != record.review_due:
        record.times_asked, record.last_asked_on = 0, None
    for name in PLAIN:
        if name in values:
            setattr(record, name, values[name])
    if "start_date" in values:
        record.start_date, record.start_precision = values["start_date"]
    if "end_date" in values:
        record.end_date = values["end_date"][0]
    for name, (day, revision) in values.get("evidence", {}).items():
        setattr(record, f"{name}_on", day)
        setattr(record, f"{name}_revision", revision)
    if record.status == Record.Status.PUBLISHED:
        _shelve(record, timezone.now())


def _shelve(record, now):
    """What every record on the shelf has: the moment it came there, and a day by which somebody confirms it."""
    record.published_at = record.published_at or now
    if record.review_due is None:
        record.renew(now.date())


# --- the parts: each takes all (record, what it says) and, of these records, those that were here before


def _write_texts(said, known):
    texts = [
        RecordText(record=record, language=language, **text)
        for record, texts in said
        for language, text in texts.items()
    ]
    RecordText.objects.bulk_create(
        texts,
        update_conflicts=True,
        unique_fields=["record", "language"],
        update_fields=WHOLE_TEXT,
    )
    if known:
        kept = [text.pk for text in texts]
        RecordText.objects.filter(record__in=known).exclude(pk__in=kept).delete()


def _write_groups(said, known):
    _replace(Record.groups.through, said, known, "body")


def _write_codes(said, known):
    _replace(Record.terms.through, said, known, "term")


def _replace(through, said, known, name):
    if known:
        through.objects.filter(record__in=known).delete()
    through.objects.bulk_create(
        through(record_id=record.pk, **{f"{name}_id": each.pk})
        for record, things in said
        for each in dict.fromkeys(things)
    )


def _write_cities(said, known):
    if known:
        RecordCity.objects.filter(record__in=known).delete()
    RecordCity.objects.bulk_create(
        RecordCity(record=record, city=city, role=role)
        for record, cities in said
        for city, role in cities
    )


def _numbered(model):
    """What writes a part that is a list of rows, each with its place."""

    def write(said, known):
        if known:
            model.objects.filter(record__in=known).delete()
        model.objects.bulk_create(
            model(record=record, position=position, **row)
            for record, rows in said
            for position, row in enumerate(rows, 1)
        )

    return write


def _write_evaluations(said, known):
    here = defaultdict(set)
    if known:
        there = Evaluation.objects.filter(record__in=known)
        there.filter(created_by__isnull=True).delete()
        for written in there.filter(created_by__isnull=False):
            here[written.record_id] |= _signatures(written)
    made = [
        (evaluation, each["ratings"])
        for record, evaluations in said
        for each in evaluations
        if not _signatures(evaluation := _evaluation(record, each)) & here[record.pk]
    ]
    Evaluation.objects.bulk_create([evaluation for evaluation, _ratings in made])
    EvaluationRating.objects.bulk_create(
        EvaluationRating(
            evaluation=evaluation,
            criterion=rating["criterion"],
            rating=rating["rating"],
            **_translated("assessment", rating["assessment"]),
        )
        for evaluation, ratings in made
        for rating in ratings
    )


def _signatures(evaluation):
    """What tells an evaluation from the others of its record; of those that wait, its city does so alone."""
    names = ("evaluator_kind", "evaluator", "city_id", "date", "record_revision")
    known_by = {tuple(getattr(evaluation, name) for name in names)}
    if evaluation.city_id and evaluation.is_waiting():
        known_by.add(evaluation.city_id)
    return known_by


def _evaluation(record, said):
    words = {}
    for name in _WORDS:
        words |= _translated(name, said[name])
    plain = {name: value for name, value in said.items() if name not in (*_WORDS, "ratings")}
    return Evaluation(record=record, **plain, **words)


def _translated(name, words):
    return {f"{name}_{language}": text for language, text in words.items()}


def _write_files(said, known):
    """Files with the same content are told apart by their order, which is the order of their card too."""
    for record, files_said in said:
        there = defaultdict(list)
        for here in record.files.order_by("pk"):
            there[here.sha256].append(here)
        for file in files_said:
            same = there[file["sha256"]]
            _write_file(record, file, same.pop(0) if same else None)


def _write_file(record, file, known):
    """A file that the record already has keeps its place; only what is said about it changes."""
    found = known or RecordFile(record=record, sha256=file["sha256"])
    for name in ("title", "language", "licence", "visibility", "transcript"):
        setattr(found, name, file[name])
    if not known:
        found.scan = first_scan()
        found.content_type, found.size = file["type"], len(file["bytes"])
        found.file.save(files.clean_name(file["name"]), ContentFile(file["bytes"]), save=False)
    found.save()


# The parts of a record that are rows of their own. A part that the card does not name stays as it is.
_PARTS = {
    "groups": _write_groups,
    "codes": _write_codes,
    "texts": _write_texts,
    "cities": _write_cities,
    "links": _numbered(RecordLink),
    "contacts": _numbered(RecordContact),
    "evaluations": _write_evaluations,
    "files": _write_files,
}
