"""What any store must do with jobs, activity and requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lookalike.errors import JobNotFound
from lookalike.stores.service import ServiceStore
from lookalike.types import JobKind, JobState


def test_job_goes_through_its_life(store: ServiceStore) -> None:
    job = store.add_job(JobKind.INDEX, "/p", "ann")
    assert (job.state, job.argument, job.asked_by) == (JobState.QUEUED, "/p", "ann")
    assert store.claim_job() == store.get_job(job.id)
    store.report_job(job.id, "index", 3, 9)
    running = store.get_job(job.id)
    assert (running.state, running.stage, running.done, running.total) == (
        JobState.RUNNING,
        "index",
        3,
        9,
    )
    assert running.started_at is not None
    store.finish_job(job.id, JobState.DONE, "Ä")
    done = store.get_job(job.id)
    assert (done.state, done.message, done.finished_at is not None) == (JobState.DONE, "Ä", True)
    store.finish_job(job.id, JobState.FAILED, "late")
    store.report_job(job.id, "late", 1, 1)
    assert store.get_job(job.id) == done
    assert store.claim_job() is None
    with pytest.raises(JobNotFound):
        store.get_job(99)


def test_job_that_waits_is_not_queued_again(store: ServiceStore) -> None:
    first = store.add_job(JobKind.INDEX, "/p", "ann")
    assert store.add_job(JobKind.INDEX, "/p", "bob") == first
    others = [
        store.add_job(JobKind.INDEX, "/q", ""),
        store.add_job(JobKind.REMOVE_FOLDER, "/p", ""),
    ]
    assert store.list_jobs(10) == [*reversed(others), first]
    claimed = store.claim_job()
    assert claimed is not None
    assert claimed.id == first.id
    assert store.add_job(JobKind.INDEX, "/p", "").id > others[-1].id  # what runs may be too far on
    store.finish_job(first.id, JobState.CANCELLED, "")
    assert first.id not in [job.id for job in store.list_jobs(10, open_only=True)]
    assert len(store.list_jobs(2)) == 2


def test_job_that_runs_without_a_process_is_claimed_first(
    store: ServiceStore, open_store: Callable[[], ServiceStore]
) -> None:
    left = store.add_job(JobKind.INDEX, "/p", "")
    store.add_job(JobKind.INDEX, "/q", "")
    store.claim_job()
    again = open_store().claim_job()
    assert again is not None
    assert again.id == left.id


def test_jobs_are_claimed_by_kind(store: ServiceStore) -> None:
    store.add_job(JobKind.INDEX, "/p", "")
    compare = store.add_job(JobKind.COMPARE, "", "")
    claimed = store.claim_job({JobKind.COMPARE})
    assert claimed is not None
    assert (claimed.id, claimed.state) == (compare.id, JobState.RUNNING)
    assert store.claim_job({JobKind.REMOVE_FOLDER}) is None


def test_activity_is_listed_from_the_newest(store: ServiceStore) -> None:
    for number in range(5):
        store.note_activity("ann", "edit", f"{number}")
    first = store.list_activity(2)
    assert [one.detail for one in first] == ["4", "3"]
    assert [one.detail for one in store.list_activity(9, first[-1].id)] == ["2", "1", "0"]


def test_requests_are_kept_once_each_until_they_are_answered(store: ServiceStore) -> None:
    for who in ("ann", "bob", "ann"):
        store.add_access_request(who)
    assert [request.who for request in store.list_access_requests()] == ["ann", "bob"]
    store.clear_access_requests()
    assert store.list_access_requests() == []
