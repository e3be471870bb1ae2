from datetime import timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from core import jobs, tasks
from core.lifecycle import IllegalMove
from core.models import Job, RateCount

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(ana):
    return ana


@pytest.fixture
def kind(monkeypatch):
    """Register a kind of job for one test."""
    monkeypatch.setattr(jobs, "_kinds", {})

    def register(function, name="count_things", label="Counting things"):
        return jobs.kind(name, label=label)(function)

    return register


@pytest.fixture
def woken(monkeypatch):
    names = []
    monkeypatch.setattr("core.wakeup.wake", names.append)
    return names


def start(owner, **params):
    return jobs.start("count_things", owner=owner, params=params)


def fresh(job):
    return Job.objects.get(pk=job.pk)


def test_start_wakes_a_worker_after_the_commit(
    kind, owner, woken, django_capture_on_commit_callbacks
):
    kind(lambda job: None)

    with django_capture_on_commit_callbacks(execute=True):
        job = start(owner, file="x")

    assert (job.status, job.params, job.owner) == ("waiting", {"file": "x"}, owner)
    assert woken == ["core.tasks.run_job"]


def test_start_refuses_a_kind_nobody_registered(owner, kind):
    with pytest.raises(LookupError, match="count_things"):
        start(owner)


def test_run_next_keeps_the_result(kind, owner):
    kind(lambda job: {"counts": {"taken": 3}})
    job = start(owner)

    assert jobs.run_next() is True

    job = fresh(job)
    assert (job.status, job.result, job.lease) == ("done", {"counts": {"taken": 3}}, None)
    assert job.finished_at is not None
    assert jobs.run_next() is False


def test_job_speaks_its_owners_language(kind, owner):
    from django.utils.translation import get_language

    owner.language = "fr"
    owner.save()
    kind(lambda job: {"language": get_language()})
    job = start(owner)

    jobs.run_next()

    assert fresh(job).result == {"language": "fr"}


def test_progress_is_written_and_renews_the_lease(kind, owner, monkeypatch):
    monkeypatch.setattr(jobs, "LEASE", timedelta(0))
    seen = []

    def work(job):
        monkeypatch.setattr(jobs, "LEASE", timedelta(minutes=1))
        jobs.progress(job, 1, 10)
        seen.append((fresh(job).done, fresh(job).total, jobs.is_due()))

    kind(work)
    start(owner)

    jobs.run_next()

    assert seen == [(1, 10, False)]


def test_progress_is_cheap(kind, owner, django_assert_num_queries):
    def work(job):
        jobs.progress(job, 0, 1000)
        with django_assert_num_queries(0):
            for row in range(1, 999):
                jobs.progress(job, row, 1000)
        with django_assert_num_queries(1):
            jobs.progress(job, 1000, 1000)

    kind(work)
    job = start(owner)

    jobs.run_next()

    assert (fresh(job).done, fresh(job).status) == (1000, "done")


def test_failed_job_says_what_its_function_says(kind, owner):
    def work(job):
        raise jobs.Failed("The file has no header row.")

    kind(work)
    job = start(owner)

    jobs.run_next()

    assert (fresh(job).status, fresh(job).error) == ("failed", "The file has no header row.")


def test_broken_job_fails_with_a_plain_sentence(kind, owner, caplog):
    def work(job):
        raise ZeroDivisionError("secret detail")

    kind(work)
    job = start(owner)

    jobs.run_next()

    assert fresh(job).status == "failed"
    assert fresh(job).error.startswith("Something broke on our side")
    assert "secret" not in fresh(job).error
    assert "ZeroDivisionError" in caplog.text


def test_job_whose_kind_is_gone_fails(kind, owner):
    kind(lambda job: None)
    job = start(owner)
    Job.objects.update(kind="forgotten")

    jobs.run_next()

    assert fresh(job).status == "failed"


def test_job_is_taken_again_when_its_worker_died(kind, owner, monkeypatch):
    runs = []

    def work(job):
        runs.append(job.attempts)
        if len(runs) < 2:
            raise OperationalError("the database went away")
        return {"runs": len(runs)}

    kind(work)
    job = start(owner)
    monkeypatch.setattr(jobs, "LEASE", timedelta(0))

    with pytest.raises(OperationalError):
        jobs.run_next()
    assert fresh(job).status == "running"
    jobs.run_next()

    assert (fresh(job).status, runs) == ("done", [1, 2])


def test_job_that_kills_its_workers_is_given_up(kind, owner, monkeypatch):
    def work(job):
        raise OperationalError

    kind(work)
    job = start(owner)
    monkeypatch.setattr(jobs, "LEASE", timedelta(0))
    for _ in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(OperationalError):
            jobs.run_next()

    jobs.run_next()

    assert fresh(job).status == "failed"
    assert fresh(job).error == "This stopped 3 times before its end and is not tried again."


def test_waiting_job_that_is_cancelled_never_runs(kind, owner):
    kind(lambda job: pytest.fail("it ran"))
    job = start(owner)

    jobs.cancel(job, by=owner)

    assert jobs.run_next() is False
    assert fresh(job).status == "cancelled"


def test_running_job_stops_at_its_next_step(kind, owner):
    steps = []

    def work(job):
        for step in range(1, 4):
            if step == 2:
                jobs.cancel(job, by=owner)
            jobs.progress(job, step, 3)
            job.__dict__["written_at"] = 0
            steps.append(step)

    kind(work)
    job = start(owner)

    jobs.run_next()

    assert (fresh(job).status, steps) == ("cancelled", [1])


def test_job_taken_over_by_another_worker_is_not_finished_by_the_first(kind, owner):
    from core import leases

    def work(job):
        Job.objects.update(leased_until=None)
        leases.take(jobs.waiting(), n=1, seconds=60)
        return {"by": "the first"}

    kind(work)
    job = start(owner)

    jobs.run_next()

    assert (fresh(job).status, fresh(job).result) == ("running", {})


def test_finished_job_cannot_be_cancelled(kind, owner):
    kind(lambda job: None)
    job = start(owner)
    jobs.run_next()

    with pytest.raises(IllegalMove):
        jobs.cancel(job, by=owner)


def test_task_runs_one_job_and_wakes_somebody_for_the_next(kind, owner, woken):
    kind(lambda job: None)
    start(owner), start(owner)

    tasks.run_job()
    tasks.run_job()

    assert woken == [jobs.TASK]
    assert set(Job.objects.values_list("status", flat=True)) == {"done"}


def test_sweep_wakes_a_worker_only_for_work(kind, owner, woken):
    tasks.sweep_jobs()
    kind(lambda job: None)
    start(owner)
    tasks.sweep_jobs()

    assert woken == [jobs.TASK]


def test_tidy_clears_what_is_old(owner):
    now = timezone.now()
    for days in (1, 3):
        RateCount.objects.create(key=f"{days}", window=now - timedelta(days=days))
    for days in (80, 100):
        Job.objects.create(owner=owner, kind=f"{days}", finished_at=now - timedelta(days=days))
    Job.objects.create(owner=owner, kind="running", created_at=now - timedelta(days=400))

    tasks.tidy()

    assert list(RateCount.objects.values_list("key", flat=True)) == ["1"]
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["80", "running"]


# --- The page


def job_page(job):
    return reverse("core:job", args=[job.uid])


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "This starts in a moment."),
        ({"status": "running", "done": 152, "total": 240}, "152 of 240."),
        (
            {"status": "failed", "error": "The file has no header row."},
            "The file has no header row.",
        ),
        ({"status": "cancelled"}, "You stopped this."),
        ({"status": "done"}, "Done."),
    ],
)
def test_page_says_how_far_the_job_is(client, owner, kind, fields, words):
    kind(lambda job: None)
    job = start(owner)
    Job.objects.update(**fields)
    client.force_login(owner)

    response = client.get(job_page(job))

    assert response.status_code == 200
    assert words in response.content.decode()
    assert "<h1>Counting things</h1>" in response.content.decode()
    over = fields.get("status") in ("failed", "cancelled", "done")
    assert ('http-equiv="refresh"' in response.content.decode()) is not over
    assert ("hx-trigger" in response.content.decode()) is not over


def test_page_lists_what_could_not_be_taken(client, owner, kind):
    kind(lambda job: {
        "counts": {"taken": 236},
        "failures": [{"row": 4, "column": "year", "problem": "<b>not a year</b>"}],
    })  # fmt: skip
    job = start(owner)
    jobs.run_next()
    client.force_login(owner)

    html = client.get(job_page(job)).content.decode()

    assert '<dt dir="auto">taken</dt><dd>236</dd>' in html
    assert '<td class="number">4</td><td dir="auto">year</td>' in html
    assert "&lt;b&gt;not a year&lt;/b&gt;" in html


def test_htmx_gets_the_part_alone(client, owner, kind):
    kind(lambda job: None)
    job = start(owner)
    client.force_login(owner)

    html = client.get(job_page(job), headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in html
    assert f'hx-get="{job_page(job)}"' in html


def test_job_of_another_is_not_there(client, owner, kind, zoe):
    kind(lambda job: None)
    job = start(owner)
    client.force_login(zoe)

    assert client.get(job_page(job)).status_code == 404
    assert client.post(reverse("core:cancel_job", args=[job.uid])).status_code == 404


def test_owner_stops_the_job(client, owner, kind):
    kind(lambda job: None)
    job = start(owner)
    client.force_login(owner)

    response = client.post(reverse("core:cancel_job", args=[job.uid]))

    assert (response.status_code, response.url) == (302, job_page(job))
    assert fresh(job).status == "cancelled"
    assert client.post(reverse("core:cancel_job", args=[job.uid])).status_code == 409
    assert client.get(reverse("core:cancel_job", args=[job.uid])).status_code == 405
