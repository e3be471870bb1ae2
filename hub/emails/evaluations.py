"""Letters about what others found when they looked at a record."""

from django.conf import settings
from django.urls import reverse

from hub.emails import owners
from hub.models import Evaluation
from outbox import mail


def waits(evaluation):
    """Staff know that somebody sent an evaluation."""
    record = evaluation.record
    mail.queue(
        "hub/emails/evaluation_waits.txt",
        to=settings.STAFF_EMAIL,
        key=f"evaluation-waits:{evaluation.pk}",
        params={
            "code": record.code,
            "title": owners.title(record, "en"),
            "kind": evaluation.evaluator_kind,
        },
        links={"button": ["hub.emails.evaluations.staff_link", evaluation.pk]},
    )


def open_to_reply(evaluation):
    """The owner's focal points know of an evaluation and where to reply; its own city needs no letter."""
    if evaluation.evaluator_kind == Evaluation.Evaluator.SELF:
        return
    record = evaluation.record
    for person in owners.focal_points(record):
        when = "published" if evaluation.published else "shown"
        owners.write(
            "evaluation_reply",
            person,
            key=f"evaluation-{when}:{evaluation.pk}:{person.pk}",
            record=record,
            page="reply",
            more=[evaluation.pk],
            published=evaluation.published,
        )


# --- Links, called by the outbox under the reader's language


def staff_link(pk: int) -> str:
    """Where staff decide on the evaluation."""
    return settings.SITE_ORIGIN + reverse("admin:hub_evaluation_change", args=[pk])
