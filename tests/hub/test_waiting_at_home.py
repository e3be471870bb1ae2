"""What waits for a member on the start page, and for staff on theirs."""

from datetime import timedelta

from django.utils import timezone

from tests.hub.owning import evaluation, owned


def _home(client, user):
    client.force_login(user)
    return client.get("/me/", follow=True).content.decode()


def test_a_focal_point_finds_what_to_confirm_and_what_to_answer(client, aarhus, folke, ana, zoe):
    today = timezone.now().date()
    soon = owned(aarhus, "SCN-P-0001", title="Evening bus", review_due=today + timedelta(days=5))
    late = owned(aarhus, "SCN-P-0002", title="Night bus", review_due=today - timedelta(days=5))
    told = owned(aarhus, "SCN-P-0003", title="Told", review_due=today, from_public_record=True)
    fresh = owned(aarhus, "SCN-P-0004", title="Fresh", review_due=today + timedelta(days=99))
    rated = evaluation(soon, decided_at=timezone.now())

    focal, member, stranger = (_home(client, user) for user in (folke, ana, zoe))

    asked = {
        record.code: f"/hub/{record.code}/confirm/" in focal for record in (soon, late, told, fresh)
    }
    assert asked == {
        "SCN-P-0001": True,
        "SCN-P-0002": True,
        "SCN-P-0003": False,
        "SCN-P-0004": False,
    }
    assert f"/hub/{soon.code}/evaluations/{rated.pk}/reply/" in focal
    for page in (member, stranger):
        assert "/confirm/" not in page
        assert "/reply/" not in page


def test_the_author_finds_what_to_confirm(client, aarhus, ana):
    owned(aarhus, "SCN-P-0001", author=ana, review_due=timezone.now().date())

    assert "/hub/SCN-P-0001/confirm/" in _home(client, ana)


def test_nobody_is_reminded_of_a_reply_for_ever(client, aarhus, folke):
    record = owned(aarhus, "SCN-P-0001")
    evaluation(record, decided_at=timezone.now() - timedelta(days=31))
    evaluation(record, decided_at=timezone.now(), replied_at=timezone.now())
    evaluation(record, decided_at=timezone.now(), kind="self")

    assert "/reply/" not in _home(client, folke)


def test_staff_find_how_many_evaluations_wait(client, aarhus, zoe, staff):
    evaluation(owned(aarhus, "SCN-P-0001"), published=False, created_by=zoe)

    assert "/admin/hub/evaluation/?waiting=yes" in _home(client, staff)
