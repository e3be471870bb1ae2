"""What an applicant does with an application that is being looked at."""

from django.db import transaction

from core import journal
from core.lifecycle import IllegalMove
from members.actions import checks, registration
from members.actions.vetting import locked, promote_joined
from members.emails import registration as letters
from members.models import Exchange, MembershipApplication

Status = MembershipApplication.Status


@transaction.atomic
def reply(application, *, text, by=None) -> None:
    """The answer stands under the question in the dossier, and staff go on checking."""
    application = locked(application)
    if application.status != Status.MORE_INFO:
        raise IllegalMove(application, Status.IN_VETTING)
    application.move_to(Status.IN_VETTING)
    application.save(update_fields=["status"])
    application.exchanges.create(kind=Exchange.Kind.ANSWER, text=text)
    journal.record("answered", application, by=by)


@transaction.atomic
def add_letter(application, letter, *, by=None) -> None:
    """The letter stands in the dossier at once."""
    registration.attach(application, letter, by=by)
    checks.run(application)


@transaction.atomic
def withdraw(application, *, by=None) -> None:
    """Nobody looks at it any more, its letters are gone; whoever had joined it stands alone now."""
    application = locked(application)
    application.move_to(Status.WITHDRAWN)
    application.save(update_fields=["status"])
    registration.delete_letters(application.attachments.all())
    journal.record("withdrew", application, by=by)
    promote_joined(application, by=by)
    letters.withdrawn(application)
