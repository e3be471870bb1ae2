"""What nobody goes on with is deleted; letters are kept no longer than needed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import journal
from members import tasks
from members.actions import registration
from members.models import Attachment, MembershipApplication
from tests import factories
from tests.members.writing import pdf

pytestmark = pytest.mark.django_db


def _with_letter(application):
    file = pdf()
    file.kind = "pdf"
    registration.attach(application, file)
    return application


def _untouched_for(application, days):
    MembershipApplication.objects.filter(pk=application.pk).update(
        saved_at=timezone.now() - timedelta(days=days)
    )


def _draft():
    return _with_letter(factories.application("draft", confirmed_at=None, sent_at=None))


def test_draft_is_deleted_after_ninety_days_with_its_letters(django_capture_on_commit_callbacks):
    old, fresh = _draft(), _draft()
    file = old.attachments.get().file
    _untouched_for(old, 91)
    _untouched_for(fresh, 89)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.expire()
        tasks.expire()

    assert list(MembershipApplication.objects.all()) == [fresh]
    assert not file.storage.exists(file.name)
    assert fresh.attachments.count() == 1


def test_application_that_nobody_confirmed_is_expired_after_ninety_days():
    application = _draft()
    MembershipApplication.objects.update(status="unconfirmed")
    _untouched_for(application, 91)

    tasks.expire()

    application.refresh_from_db()
    assert application.status == "expired"
    assert not application.attachments.exists()
    assert [entry.verb for entry in journal.of(application)] == ["expired"]


def test_open_application_is_left_alone_however_old():
    application = factories.application("in_vetting")
    _untouched_for(application, 1000)

    tasks.expire()

    application.refresh_from_db()
    assert application.status == "in_vetting"


@pytest.mark.parametrize("status", ["approved", "declined"])
def test_letters_go_thirty_days_after_the_decision(status, django_capture_on_commit_callbacks):
    old = _with_letter(factories.application("draft", confirmed_at=None, sent_at=None))
    young = _with_letter(factories.application("draft", confirmed_at=None, sent_at=None))
    now = timezone.now()
    for application, days in [(old, 31), (young, 29)]:
        MembershipApplication.objects.filter(pk=application.pk).update(
            status=status, confirmed_at=now, sent_at=now, decided_at=now - timedelta(days=days)
        )

    with django_capture_on_commit_callbacks(execute=True):
        tasks.expire()

    assert [letter.application for letter in Attachment.objects.all()] == [young]


def test_what_moves_while_the_clock_runs_is_left_alone():
    application = factories.application("in_vetting")

    tasks._unless_moved(registration.drop, application)
    application.delete()
    tasks._unless_moved(registration.drop, application)

    assert not MembershipApplication.objects.exists()
