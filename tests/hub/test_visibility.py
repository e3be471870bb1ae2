"""Rows that say who may read them."""

import gc
import weakref
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.utils import timezone

from hub.models import AccessGrant, Record, SearchRow
from hub.models.visibility import ReadableQuerySet
from hub.models.visible_sql import visible_sql
from members.models import BodyMember


def test_rows_that_do_not_say_with_whom_they_are_shared_are_never_asked_for():
    class Forgetful(ReadableQuerySet):
        """Says nothing of groups and grants."""

    with pytest.raises(TypeError, match="shared_with"):
        Forgetful(Record)


def test_the_sql_that_is_kept_finds_for_everybody_what_the_rule_finds(
    visitors, shelve, focal_points, ana
):
    for visibility in ("public", "teaser", "members", "group", "staff"):
        for status in ("published", "draft"):
            groups = [focal_points] if visibility == "group" else []
            shelve(visibility=visibility, status=status, groups=groups)

    everybody = [user or AnonymousUser() for user in visitors.values()]
    seen = [_seen(user) for user in everybody * 2]

    assert len(set(map(str, seen))) >= 4
    BodyMember.objects.create(body=focal_points, person=ana.person, since="2020-01-01")
    before = _seen(ana)
    del ana.standing  # as the next request has it
    assert len(_seen(ana)[0]) == len(before[0]) + 1


def test_the_sql_that_is_kept_follows_the_hour_and_every_grant(
    shelve, focal_points, ana, time_machine
):
    now = timezone.now()
    time_machine.move_to(now.replace(hour=9))
    shelve("SCN-P-0001", visibility="members", embargo_until=now.replace(hour=10))
    record = shelve("SCN-P-0002", visibility="group", groups=[focal_points])
    assert _seen(ana) == [[], []]

    time_machine.move_to(now.replace(hour=11))
    assert len(_seen(ana)[0]) == 1
    AccessGrant.objects.create(record=record, grantee=ana, until=now.date())
    assert len(_seen(ana)[0]) == 2
    time_machine.move_to(now.replace(hour=11) + timedelta(days=1))
    del ana.standing  # as the next request has it
    assert len(_seen(ana)[0]) == 1


def test_what_is_kept_holds_no_request(shelve, ana, client):
    client.force_login(ana)
    request = client.get("/hub/").wsgi_request
    kept = weakref.ref(request)
    del request
    gc.collect()

    assert kept() is None


def _seen(user):
    """The keys of records and of search rows that this visitor may see, by the SQL that is kept."""
    found = []
    for model in (Record, SearchRow):
        with connection.cursor() as cursor:
            cursor.execute(*visible_sql(model, user, "pk"))
            found.append(sorted(pk for (pk,) in cursor.fetchall()))
        assert found[-1] == sorted(model.objects.visible_to(user).values_list("pk", flat=True))
    return found
