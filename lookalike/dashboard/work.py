"""What is done in the background at the moment, in a line for a person."""

from __future__ import annotations

from dataclasses import dataclass

from lookalike.dashboard import texts
from lookalike.library import Library
from lookalike.library.watching import WATCHER
from lookalike.types import Job, JobKind, JobState

ABOUT_MODELS = frozenset({JobKind.PREPARE_MODEL, JobKind.SWITCH_MODEL, JobKind.DROP_MODEL})


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """The state of the background work."""

    running: bool
    text: str  # '' when nothing is done
    done: int
    total: int | None
    stage: str  # of the job that runs, as in Progress
    far: str  # how far that is, and how quickly it goes on
    on_models: bool  # whether a job about models waits or runs
    problem: str  # of the last job, when it failed
    generation: int  # changes when something turns searchable or stops to be


def look(library: Library) -> Work:
    """As it is now."""
    jobs = [job for job in library.jobs(20) if not _is_quiet(job)]
    job = next((job for job in jobs if job.state is JobState.RUNNING), None)
    if job is None:
        job = next((job for job in jobs if job.state is JobState.QUEUED), None)
    pending = 0 if job else _waiting(library)
    ended = next((job for job in jobs if job.state in {JobState.DONE, JobState.FAILED}), None)
    return Work(
        running=job is not None,
        text=_describe(job, is_renewal=library.renews(job))
        if job
        else (f"Indexing {pending:,}" if pending else ""),
        done=job.done if job else 0,
        total=job.total if job else None,
        stage=job.stage if job else "",
        far=describe_far(job) if job else "",
        on_models=is_on_models(library),
        problem=ended.message if ended and ended.state is JobState.FAILED else "",
        generation=library.generation(),
    )


def is_on_models(library: Library) -> bool:
    """Whether a job about models waits or runs."""
    return any(job.kind in ABOUT_MODELS for job in library.jobs(1000, open_only=True))


def _is_quiet(job: Job) -> bool:
    """A look at a watched folder is not worth a word before it has found something."""
    return job.asked_by == WATCHER and job.stage != "index" and job.state is not JobState.FAILED


def describe_far(job: Job) -> str:
    """'40 of 100 pictures, 12.3 a second, about 3 minutes left'."""
    if not job.total:
        return ""
    parts = [f"{job.done:,} of {texts.count(job.total, 'picture')}"]
    if job.rate_per_s:
        parts.append(f"{job.rate_per_s:,.1f} a second")
    if job.remaining_s is not None:
        parts.append(f"about {texts.duration(job.remaining_s)} left")
    return ", ".join(parts)


def _waiting(library: Library) -> int:
    """Pictures that were not read yet."""
    coverage = library.coverage()
    return coverage.pending - coverage.renewing


def _describe(job: Job, *, is_renewal: bool) -> str:
    if job.kind is JobKind.REMOVE_FOLDER:
        return "Forgetting a folder"
    if job.kind is JobKind.PREPARE_MODEL:
        far = f": {job.done:,} of {job.total:,}" if job.total else ""
        return (
            f"{'Renewing the model' if is_renewal else 'Computing vectors of the next model'}{far}"
        )
    if job.kind is JobKind.SWITCH_MODEL:
        return "Changing to the next model"
    if job.kind is JobKind.DROP_MODEL:
        return "Forgetting the vectors of a model"
    if job.kind is JobKind.COMPARE:
        far = f": {job.done:,} of {job.total:,}" if job.total else ""
        return f"Looking for duplicates{far}"
    if job.kind is JobKind.ARRANGE:
        far = f": {job.done:,} of {job.total:,}" if job.total and job.stage == "groups" else ""
        return f"Drawing the map{far}" if job.stage == "map" else f"Grouping pictures{far}"
    if job.kind is JobKind.COLOURS:
        return f"Looking at colours: {texts.count(job.done, 'picture')}"
    if job.kind is JobKind.FACTS:
        far = f": {job.done:,} of {job.total:,}" if job.total else ""
        return f"Reading what files say{far}"
    if job.stage == "index" and job.total:
        return f"Indexing {job.done:,} of {job.total:,}"
    return (
        f"Looking for pictures: {texts.count(job.done, 'file')}"
        if job.done
        else "Looking for pictures"
    )
