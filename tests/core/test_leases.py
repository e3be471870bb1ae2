import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core import leases
from core.models import Job
from tests import factories


@pytest.fixture
def jobs(db):
    owner = factories.user()
    return [Job.objects.create(owner=owner, kind=f"number {n}") for n in range(3)]


def fresh(row):
    return Job.objects.get(pk=row.pk)


def test_take_holds_rows_and_counts_the_attempt(jobs):
    taken = leases.take(Job.objects.all(), n=2, seconds=60)

    assert [row.pk for row in taken] == [jobs[0].pk, jobs[1].pk]
    assert taken[0].lease == taken[1].lease == fresh(jobs[0]).lease
    assert [fresh(row).attempts for row in jobs] == [1, 1, 0]
    assert fresh(jobs[0]).leased_until > timezone.now() + timedelta(seconds=50)


def test_take_passes_over_what_others_hold(jobs):
    leases.take(Job.objects.all(), n=2, seconds=60)

    assert [row.pk for row in leases.take(Job.objects.all(), n=9, seconds=60)] == [jobs[2].pk]
    assert leases.take(Job.objects.all(), n=9, seconds=60) == []


def test_take_gets_what_a_dead_worker_held(jobs):
    first = leases.take(Job.objects.all(), n=3, seconds=0)

    again = leases.take(Job.objects.all(), n=3, seconds=60)

    assert [row.pk for row in again] == [row.pk for row in first]
    assert {row.attempts for row in again} == {2}
    assert again[0].lease != first[0].lease


def test_take_leaves_what_is_not_due(jobs):
    Job.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))

    assert leases.take(Job.objects.all(), n=3, seconds=60) == []
    assert not leases.due(Job.objects.all()).exists()


def test_take_begins_with_the_longest_due(jobs):
    Job.objects.filter(pk=jobs[2].pk).update(next_try_at=timezone.now() - timedelta(hours=1))

    assert leases.take(Job.objects.all(), n=1, seconds=60) == [jobs[2]]


def test_renew_holds_only_what_is_still_ours(jobs):
    taken = leases.take(Job.objects.all(), n=2, seconds=0)
    leases.take(Job.objects.filter(pk=jobs[0].pk), n=1, seconds=60)

    assert leases.renew(taken, seconds=60) == [jobs[1]]


def test_give_back_makes_rows_due_and_forgets_the_attempt(jobs):
    taken = leases.take(Job.objects.all(), n=3, seconds=60)

    assert leases.give_back(taken) == 3

    assert {(row.lease, row.leased_until, row.attempts) for row in Job.objects.all()} == {
        (None, None, 0)
    }


def test_let_go_ends_the_hold_on_what_is_still_ours_and_counts_the_attempt(jobs):
    taken = leases.take(Job.objects.all(), n=2, seconds=0)
    (other,) = leases.take(Job.objects.filter(pk=jobs[0].pk), n=1, seconds=60)

    assert leases.let_go(taken, done=7) == 1

    assert [(fresh(row).lease, fresh(row).done) for row in jobs[:2]] == [
        (other.lease, 0),
        (None, 7),
    ]
    assert fresh(jobs[1]).attempts == 1


def test_begin_anew_takes_rows_from_whoever_holds_them(jobs):
    taken = leases.take(Job.objects.all(), n=3, seconds=60)

    assert leases.begin_anew(Job.objects.filter(pk=jobs[1].pk), done=7) == 1

    assert leases.renew(taken, seconds=60) == [jobs[0], jobs[2]]
    (again,) = leases.take(Job.objects.all(), n=3, seconds=60)
    assert (again.pk, again.attempts, again.done) == (jobs[1].pk, 1, 7)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_row():
    owner = factories.user()
    Job.objects.bulk_create(Job(owner=owner, kind="x") for _ in range(60))
    taken, barrier = [], threading.Barrier(6)

    def work():
        barrier.wait()
        while rows := leases.take(Job.objects.all(), n=4, seconds=60):
            taken.extend(row.pk for row in rows)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == sorted(Job.objects.values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_take_does_not_wait_for_a_locked_row():
    owner = factories.user()
    locked, free = (Job.objects.create(owner=owner, kind="x") for _ in range(2))
    found = []

    def work():
        found.extend(leases.take(Job.objects.all(), n=2, seconds=60))
        connection.close()

    with transaction.atomic():
        Job.objects.select_for_update().get(pk=locked.pk)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(5)

    assert [row.pk for row in found] == [free.pk]
