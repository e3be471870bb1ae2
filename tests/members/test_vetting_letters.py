"""The letters of vetting, as their readers get them."""

import pytest

from members.actions import admission, vetting
from members.emails.vetting import login_link
from outbox import letters
from outbox.models import Message
from tests import factories

pytestmark = pytest.mark.django_db


def _letter():
    return letters.render(Message.objects.latest("pk"))


@pytest.fixture(params=["en", "fr", "ar"])
def application(request):
    return factories.application(
        language=request.param, city_name="Port Amity", name="Noor Example"
    )


def test_question(application, staff):
    vetting.ask(application, text="Who signs?\n\nAnd when?", by=staff)

    letter = _letter()
    assert application.number in letter.subject
    assert "Who signs?" in letter.text
    assert "http://localhost:8000/" in letter.text
    assert "/join/status/" in letter.text


def test_decline(application, staff):
    reason = factories.term("decline_reason", "outside_remit")
    vetting.decline(application, reason=reason, text="Our own words.", by=staff)

    letter = _letter()
    assert getattr(reason, f"label_{application.language}") in letter.text
    assert "Our own words." in letter.text
    assert "Port Amity" in letter.text


def test_decline_without_a_code(application, staff):
    """Records of old may lack one."""
    reason = factories.term("decline_reason", "other")
    vetting.decline(application, reason=reason, text="Our own words.", by=staff)
    Message.objects.update(params=Message.objects.get().params | {"reason": ""})

    assert "Our own words." in _letter().text


def test_duplicate(application, staff):
    vetting.mark_duplicate(application, of=factories.application(), by=staff)

    assert application.number in _letter().subject


def test_reopened(application, staff):
    reason = factories.term("decline_reason", "other")
    vetting.decline(application, reason=reason, text="No.", by=staff)
    vetting.reopen(application, by=staff)

    assert application.number in _letter().subject


def test_welcome_of_a_new_account(application, staff):
    admission.approve(application, by=staff)

    letter = _letter()
    assert "Port Amity" in letter.text
    assert "/welcome/" in letter.text


def test_welcome_of_an_account_with_a_password(application, staff):
    factories.user(application.email)
    admission.approve(application, by=staff)

    assert "/accounts/login/" in _letter().text


def test_login_link_is_of_our_own_site():
    assert login_link() == "http://localhost:8000/accounts/login/"
