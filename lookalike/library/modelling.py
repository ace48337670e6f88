"""Changing the model of a library without a moment in which it cannot be searched.

    use      vectors of the next model are computed beside those in use, by a job that may be
             killed at any time: what is saved stays, the rest is what still lacks a vector
    switch   what is lacking is added, the index of the next model is written, and then one
             transaction makes it the model that all processes search with
    drop     the vectors of a model that is not in use are forgotten; until then `use` goes back

Which model comes next is a setting of the library, so every process sees the same.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

from lookalike.errors import BadName, Conflict, ModelError, ModelUnavailable
from lookalike.library.core import MODEL_SETTING
from lookalike.library.embedding import failures
from lookalike.library.renewing import Renewing
from lookalike.types import (
    Job,
    JobKind,
    JobState,
    ModelChange,
    ModelUse,
    Progress,
)

NEXT_SETTING = "next_model"  # a _Next as JSON; '' when no change is going on
_DROP_BATCH = 2000  # vectors forgotten in one transaction
CHANGE_JOBS = frozenset({JobKind.PREPARE_MODEL, JobKind.SWITCH_MODEL})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Next:
    """The setting that says which model comes next."""

    model_id: str
    name: str
    is_ready: bool = False
    failed: int = 0


class Modelling(Renewing):
    """The models of `Library`."""

    _topped_up_at = -1  # generation at which the next model lacked nothing

    def model_use(self) -> ModelUse:
        """What is searched with, what comes next, and what is kept."""
        searched = self._store.get_setting(MODEL_SETTING)
        change = self.model_change()
        known = {searched, self._former_id(), change.model_id if change else None}
        return ModelUse(
            model_id=searched,
            change=change,
            renewal=self.renewal(),
            others=tuple((name, n) for name, n in self._store.list_models() if name not in known),
        )

    def model_change(self) -> ModelChange | None:
        """The change that is going on, if there is one."""
        told = self._next()
        if told is None:
            return None
        model_id = told.model_id
        job = next(
            (
                job
                for job in self._store.list_jobs(1000, open_only=True)
                if job.kind in CHANGE_JOBS and job.argument == model_id
            ),
            None,
        )
        if job is not None and job.state is JobState.RUNNING and job.total:
            done, total = job.done, job.total
        else:
            lacking, total = self._store.count_without_vector(model_id)
            done = total - lacking
        return ModelChange(
            model_id=model_id,
            name=told.name,
            is_ready=told.is_ready,
            done=done,
            total=total,
            failed=told.failed,
            job=job,
        )

    def has_model(self, model_id: str) -> bool:
        """Whether the files of this very model are here, so that it can be used."""
        try:
            return self._find_model(model_id.partition("@")[0]).model_id == model_id
        except (ModelError, BadName):
            return False

    def use_model(self, name: str, *, by: str = "") -> ModelUse:
        """Begins to change to the model of this name: a job computes its vectors, and searches go
        on with the old ones until `switch_model`. A library without pictures changes at once.

        Asking again goes on. Raises ModelUnavailable, ModelCorrupt, MissingExtra, and Conflict
        while another change is going on or when the model is in use.
        """
        model_id = self._find_model(name).model_id
        told = self._next()
        if told is not None and told.model_id != model_id:
            raise Conflict(f"A change to {told.name} is going on; switch to it or cancel it first.")
        if model_id == self._store.get_setting(MODEL_SETTING):
            self._renew_when_needed()
            if self._former_id() is None:
                raise Conflict(f"{name} is in use already.")
            self._wake()
            return self.model_use()
        if not any(count for _, count in self._store.list_models()):
            self._store.use_model(model_id)
            self.note("model_switch", model_id, by=by)
            return self.model_use()
        if told is None:
            self._layout.index_of(model_id).unlink(missing_ok=True)
            self._tell_next(_Next(model_id=model_id, name=name))
            self.note("model_use", model_id, by=by)
        self._store.add_job(JobKind.PREPARE_MODEL, model_id, by)
        self._wake()
        return self.model_use()

    def switch_model(self, *, by: str = "") -> Job:
        """Queues the switch to the next model. Raises Conflict when there is none, or its vectors
        are not all computed."""
        told = self._checked_next()
        if not told.is_ready:
            raise Conflict(
                f"The vectors of {told.name} are not all there yet; wait until they are."
            )
        self.note("model_switch", told.model_id, by=by)
        job = self._store.add_job(JobKind.SWITCH_MODEL, told.model_id, by)
        self._wake()
        return job

    def cancel_model_change(self, *, by: str = "") -> None:
        """Stays with the model in use. The vectors that were computed are kept until they are
        dropped, so that the change can be begun again. Raises Conflict when there is no change."""
        told = self._checked_next()
        self._store.put_setting(NEXT_SETTING, "")
        for job in self._store.list_jobs(1000, open_only=True):
            if job.kind in CHANGE_JOBS:
                self._store.finish_job(job.id, JobState.CANCELLED, "Cancelled.")
        self.note("model_cancel", told.model_id, by=by)

    def drop_model(self, name: str, *, by: str = "") -> Job:
        """Queues the forgetting of a model's vectors, after which there is no quick way back to
        it. `name` is one, or an id. Raises Conflict for the model in use or the next one, and
        ModelUnavailable when there are none."""
        use = self.model_use()
        needed = {use.model_id, self._former_id(), use.change.model_id if use.change else None}
        for model_id in needed:
            if model_id is not None and name in {model_id, model_id.partition("@")[0]}:
                raise Conflict(f"{model_id} is in use or comes next; its vectors are needed.")
        found = [one for one, _ in use.others if name in {one, one.partition("@")[0]}]
        if not found:
            raise ModelUnavailable(f"The library keeps no vectors of a model named {name}.")
        self.note("model_drop", found[0], by=by)
        job = self._store.add_job(JobKind.DROP_MODEL, found[0], by)
        self._wake()
        return job

    # --- jobs -----------------------------------------------------------------------------

    def _prepare_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Computes what the next model lacks, or a renewed one. Callers hold the lock."""
        if job.argument == self._store.get_setting(MODEL_SETTING):
            return self._renew_for(job, progress, stop)
        told = self._next()
        if told is None or told.model_id != job.argument:
            return "The change was cancelled."
        self._tune_before(told.name, told.model_id)
        embedder = self._find_model(told.name, model_id=job.argument)
        failed = self._embed_lacking(embedder, progress, stop)
        if stop.is_set():
            return ""
        self._refresh_bank(embedder)
        told = self._next()
        if told is not None and told.model_id == job.argument:
            self._tell_next(replace(told, is_ready=True, failed=failed))
        return f"{told.name if told else job.argument} is ready." + failures(failed)

    def _switch_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Makes the next model the one that is searched with. Callers hold the lock of indexing,
        so no vectors are added meanwhile but by this."""
        from lookalike.ingest.lock import hold_lock

        if self._store.get_setting(MODEL_SETTING) == job.argument:
            self._store.put_setting(NEXT_SETTING, "")  # died between the two
            return "Done."
        told = self._next()
        if told is None or told.model_id != job.argument:
            return "The change was cancelled."
        embedder = self._find_model(told.name, model_id=job.argument)
        with hold_lock(self._layout.model_lock, wait=True, stop=stop):
            failed = self._embed_lacking(embedder, progress, stop)
            if stop.is_set():
                return ""
            self._refresh_bank(embedder)
            self._write_index(embedder)
            self._store.use_model(job.argument)
            self._store.put_setting(NEXT_SETTING, "")
        for root in self._store.list_roots() if failed else ():
            self._store.add_job(JobKind.INDEX, root, "")
        return f"Searches use {told.name} now." + failures(failed)

    def _drop_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        from lookalike.ingest.meter import Meter

        total = dict(self._store.list_models()).get(job.argument, 0)
        meter, done = Meter("drop", progress, total=total), 0
        while not stop.is_set():
            count = self._store.drop_vectors(job.argument, _DROP_BATCH)
            if not count:
                self._layout.index_of(job.argument).unlink(missing_ok=True)
                return f"{done:,} vectors of {job.argument} forgotten."
            done += count
            meter.update(done)
        return ""

    def _top_up_soon(self) -> None:
        """What was indexed since the next model was ready gets its vector, too."""
        told = self._next()
        if told is None or not told.is_ready:
            return
        generation = self._store.generation()
        if generation != self._topped_up_at:
            self._topped_up_at = generation
            if self._store.without_vector(told.model_id, 1):
                self._store.add_job(JobKind.PREPARE_MODEL, told.model_id, "")

    def _renew_when_needed(self) -> None:
        """Also the one that comes next."""
        super()._renew_when_needed()
        told = self._next()
        later = self._later_generation(told.model_id) if told else None
        if told is not None and later is not None:
            self._tell_next(_Next(model_id=later, name=told.name))
            self._store.add_job(JobKind.PREPARE_MODEL, later, "")

    # --- parts ----------------------------------------------------------------------------

    def _next(self) -> _Next | None:
        told = self._store.get_setting(NEXT_SETTING)
        return _Next(**json.loads(told)) if told else None

    def _checked_next(self) -> _Next:
        told = self._next()
        if told is None:
            raise Conflict("No change of models is going on; begin one with: lookalike models use")
        return told

    def _tell_next(self, told: _Next) -> None:
        self._store.put_setting(NEXT_SETTING, json.dumps(asdict(told)))
