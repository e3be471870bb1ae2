"""Records with an owner, adaptations and evaluations, and the letters about them."""

from core.models import Term
from hub.models import Adaptation, Evaluation, EvaluationRating, RecordCity, SearchRow
from outbox.letters import render
from outbox.models import Message
from tests import factories


def owned(city, code=None, *, author=None, **fields):
    """A published record that belongs to a city."""
    record = factories.record(code, created_by=author, **fields)
    RecordCity.objects.create(record=record, city=city)
    SearchRow.objects.refresh(record)
    return record


def adaptation(source, city, status="running", **fields):
    """What a city made of a record, in English."""
    return Adaptation.objects.create(source=source, city=city, status=status, **fields)


def evaluation(record, *, kind="peer", ratings="4321N", **fields):
    """An evaluation on the record's page with a rating for each letter: 1 to 4, N for not enough information."""
    made = Evaluation.objects.create(record=record, evaluator_kind=kind, **fields)
    criteria = Term.objects.of("criterion")
    for criterion, rating in zip(criteria, ratings, strict=False):
        EvaluationRating.objects.create(
            evaluation=made,
            criterion=criterion,
            rating="NEI" if rating == "N" else rating,
            assessment_en=f"Why {criterion.code}.",
        )
    return made


def letters(name):
    """To whom a letter of this name goes, in the order they were written."""
    found = Message.objects.filter(template=f"hub/emails/{name}.txt").order_by("pk")
    return [letter.to for letter in found]


def text_of(name, to=None):
    """What the latest letter of this name says, with its subject."""
    found = Message.objects.filter(template=f"hub/emails/{name}.txt").order_by("pk")
    letter = render((found.filter(to=to) if to else found).last())
    return f"{letter.subject}\n{letter.text}"
