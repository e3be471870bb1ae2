"""Writing an application and sending it off, up to the letter that asks to confirm the address."""

import uuid
from functools import partial

from django.db import transaction
from django.utils import timezone

from core import files, journal
from core.lifecycle import IllegalMove
from members.actions.vetting import locked
from members.emails import registration as letters
from members.models import MembershipApplication

Status = MembershipApplication.Status


@transaction.atomic
def begin(*, language, by=None) -> MembershipApplication:
    """An empty draft, which only the browser that began it can see."""
    return MembershipApplication.objects.create(language=language)


@transaction.atomic
def save_step(
    application, step, *, answers, typed, complete, language, by=None
) -> MembershipApplication:
    """What was answered in a step is kept, finished or not; whoever gives an address gets a link to go on later.

    `answers` maps fields of the application to values; `typed` holds what does not pass yet, as it was typed.
    """
    application = _locked_draft(application)
    new_address = answers.get("email") and answers["email"] != application.email
    if new_address and application.email:
        application.link_version += 1
    _answer(application, answers)
    application.language, application.saved_at = language, timezone.now()
    application.typed[step] = typed
    done = set(application.steps_done) - {step} | ({step} if complete else set())
    application.steps_done = [name for name in MembershipApplication.STEPS if name in done]
    if answers.get("pledge"):
        application.pledged_at = application.saved_at
    application.save()
    if new_address:
        letters.go_on(application)
    return application


@transaction.atomic
def attach(application, letter, *, by=None) -> None:
    """The letter is with the application; staff alone may open it. One too many is refused with IllegalMove.

    `letter` is an upload that passed its form, with its `kind`.
    """
    application = locked(application)
    writing = application.status == Status.DRAFT
    if not writing and application.status not in MembershipApplication.OPEN:
        raise IllegalMove(application, application.status)
    if application.attachments.count() >= MembershipApplication.MOST_ATTACHMENTS:
        raise IllegalMove(application, application.status)
    attachment = application.attachments.model(
        application=application,
        name=files.clean_name(letter.name),
        content_type=files.KINDS[letter.kind][1],
        size=letter.size,
        sha256=files.sha256(letter),
    )
    attachment.file.save(f"{uuid.uuid4()}.{letter.kind}", letter)
    if not writing:
        journal.record("added a letter", application, by=by)


@transaction.atomic
def detach(application, attachment_pk, *, by=None) -> None:
    """A letter that was added to a draft by mistake is gone."""
    application = _locked_draft(application)
    delete_letters(application.attachments.filter(pk=attachment_pk))


@transaction.atomic
def submit(application, *, by=None) -> MembershipApplication:
    """The application is on its way: it counts once its address is confirmed, which a letter asks for."""
    application = locked(application)
    if not application.is_complete:
        raise IllegalMove(application, Status.UNCONFIRMED)
    application.move_to(Status.UNCONFIRMED)
    application.saved_at = timezone.now()
    application.save(update_fields=["status", "saved_at"])
    journal.record("sent", application, by=by)
    letters.confirm(application)
    return application


@transaction.atomic
def send_link_again(application, *, by=None) -> None:
    """Another letter: to confirm the address, or, once it is confirmed, to follow the application."""
    application = locked(application)
    if application.status == Status.UNCONFIRMED:
        letters.confirm(application)
    else:
        letters.status_again(application)


@transaction.atomic
def take_back(application, *, by=None) -> None:
    """Not confirmed yet, so it can still be corrected: it is a draft again, and the letter's link is dead."""
    application = locked(application)
    application.move_to(Status.DRAFT)
    application.link_version += 1
    application.save(update_fields=["status", "link_version"])
    journal.record("took back", application, by=by)


@transaction.atomic
def drop(application, *, by=None) -> None:
    """What nobody goes on with: a draft is gone with its letters; one that was never confirmed is expired."""
    application = locked(application)
    if application.status == Status.DRAFT:
        delete_letters(application.attachments.all())
        application.delete()
    else:
        application.move_to(Status.EXPIRED)
        application.save(update_fields=["status"])
        delete_letters(application.attachments.all())
        journal.record("expired", application, by=by)


def delete_letters(attachments, *, by=None) -> int:
    """The letters and their files are gone once the transaction commits. Says how many."""
    gone = list(attachments)
    for attachment in gone:
        storage, name = attachment.file.storage, attachment.file.name
        attachment.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)
    return len(gone)


def _locked_draft(application):
    application = locked(application)
    if application.status != Status.DRAFT:
        raise IllegalMove(application, Status.DRAFT)
    return application


def _answer(application, answers):
    for name, value in answers.items():
        if application._meta.get_field(name).many_to_many:
            getattr(application, name).set(value)
        else:
            setattr(application, name, value)
