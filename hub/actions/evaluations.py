"""What members, experts and staff say of a record, and what its city answers."""

from django.db import transaction
from django.utils import timezone

from core import journal
from hub.emails import evaluations as letters
from hub.models import Evaluation, EvaluationRating, Record, SearchRow
from members.models.people import LANGUAGES


@transaction.atomic
def send(record, *, city, language, facts, ratings, by) -> Evaluation:
    """The evaluation waits for staff, who have a letter; sent again before they decide, it replaces the first.

    Without `city` it is that of an outside expert; that of an owner's people is the city's own. `facts` are
    evaluator, method and overall_comment; `ratings` maps the key of a criterion to (rating, reasons). Texts are
    stored in `language`.
    """
    record = _locked(record)
    kind = _kind(record, city)
    who = {"city": city} if city else {"city": None, "created_by": by}
    evaluation, is_new = Evaluation.objects.get_or_create(
        record=record,
        published=False,
        decided_at=None,
        **who,
        defaults={"created_by": by, "evaluator_kind": kind},
    )
    evaluation.evaluator = facts["evaluator"]
    evaluation.date = timezone.now().date()
    evaluation.record_revision = record.revision
    for name in ("method", "overall_comment"):
        for code, _name in LANGUAGES:
            setattr(evaluation, f"{name}_{code}", facts[name] if code == language else "")
    evaluation.save()
    _rate(evaluation, language, ratings)
    journal.record("sent an evaluation", evaluation, by=by, kind=kind, again=not is_new)
    if is_new:
        letters.waits(evaluation)
    return evaluation


@transaction.atomic
def publish(evaluation, *, by) -> Evaluation:
    """It stands on the record's page and is found; the owner's focal points have a letter and may reply.

    A peer's or an expert's makes the record peer-reviewed, with its day and the version it speaks of.
    """
    record, evaluation = _locked(evaluation.record), _relocked(evaluation)
    if evaluation.published:
        return evaluation
    evaluation.published, evaluation.decided_at = True, timezone.now()
    evaluation.save(update_fields=["published", "decided_at"])
    journal.record("published", evaluation, by=by)
    _stand_on_page(record, evaluation, by)
    return evaluation


@transaction.atomic
def set_aside(evaluation, *, by) -> Evaluation:
    """It stands on no page (any more); staff still find it, and may publish it later."""
    record, evaluation = _locked(evaluation.record), _relocked(evaluation)
    evaluation.published, evaluation.decided_at = False, timezone.now()
    evaluation.save(update_fields=["published", "decided_at"])
    journal.record("set aside", evaluation, by=by)
    _count_reviews(record)
    _write_down(record, evaluation, by)
    return evaluation


@transaction.atomic
def show_to_city(evaluation, *, by) -> Evaluation:
    """The owner's focal points read it before everybody does, and may reply so that both appear together."""
    evaluation = _relocked(evaluation)
    if evaluation.shown_to_city_at is None:
        evaluation.shown_to_city_at = timezone.now()
        evaluation.save(update_fields=["shown_to_city_at"])
        journal.record("shown to the city", evaluation, by=by)
        letters.open_to_reply(evaluation)
    return evaluation


@transaction.atomic
def note(evaluation, *, by) -> Evaluation:
    """What staff wrote or changed counts: on the page and in the search if it is published."""
    record, evaluation = _locked(evaluation.record), _relocked(evaluation)
    if evaluation.decided_at is None and evaluation.created_by_id is None:
        evaluation.decided_at = timezone.now()
        evaluation.save(update_fields=["decided_at"])
    if evaluation.published:
        _stand_on_page(record, evaluation, by)
    else:
        _write_down(record, evaluation, by)
    return evaluation


@transaction.atomic
def reply(evaluation, *, text, language, by) -> Evaluation:
    """The city's answer stands under the evaluation with its date, as soon as that is on the page."""
    evaluation = _relocked(evaluation)
    if getattr(evaluation, f"reply_{language}") != text:
        setattr(evaluation, f"reply_{language}", text)
        evaluation.replied_by, evaluation.replied_at = by, timezone.now()
        evaluation.save(update_fields=[f"reply_{language}", "replied_by", "replied_at"])
        journal.record("answered", evaluation, by=by, language=language)
    return evaluation


def _kind(record, city):
    if city is None:
        return Evaluation.Evaluator.EXPERT
    is_own = city.pk in record.owner_cities()
    return Evaluation.Evaluator.SELF if is_own else Evaluation.Evaluator.PEER


def _rate(evaluation, language, ratings):
    """The ratings as they are now; reasons that were given for others, in any language, are gone."""
    evaluation.ratings.all().delete()
    EvaluationRating.objects.bulk_create(
        EvaluationRating(
            evaluation=evaluation,
            criterion_id=criterion,
            rating=rating,
            **{f"assessment_{language}": reasons},
        )
        for criterion, (rating, reasons) in ratings.items()
    )


def _stand_on_page(record, evaluation, by):
    _count_reviews(record)
    _write_down(record, evaluation, by)
    letters.open_to_reply(evaluation)


def _count_reviews(record):
    """The record is peer-reviewed as of the latest version that a published review by outsiders speaks of.

    Where no review is left, what staff entered by hand stays unless it was the date of one.
    """
    reviews = record.evaluations.by_outsiders()
    latest = reviews.published().order_by("-record_revision", "-date", "-pk").first()
    if latest:
        day = latest.date or latest.decided_at.date()
        record.peer_reviewed_on, record.peer_reviewed_revision = day, latest.record_revision
    elif reviews.filter(record_revision=record.peer_reviewed_revision).exists():
        record.peer_reviewed_on = record.peer_reviewed_revision = None


def _write_down(record, evaluation, by):
    record.updated_at = timezone.now()
    record.save(update_fields=["peer_reviewed_on", "peer_reviewed_revision", "updated_at"])
    SearchRow.objects.refresh(record)
    journal.record(
        "evaluated", record, by=by, evaluation=evaluation.pk, published=evaluation.published
    )


def _locked(record):
    return Record.objects.select_for_update().get(pk=record.pk)


def _relocked(evaluation):
    return Evaluation.objects.select_for_update().get(pk=evaluation.pk)
