"""A new generation of the model that ships: libraries change to it by themselves.

The vectors of the generation before cannot be compared with words any more, since its files are
gone. So the library searches with the new one at once, as far as its vectors are there, and every
answer says how far that is; a job computes the rest. Until it has ended, pictures that are
searched by alone are still compared by the vectors of before, all of which are there.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lookalike.errors import ModelError, ModelUnavailable
from lookalike.library.core import MODEL_SETTING
from lookalike.library.embedding import Embedding, failures
from lookalike.types import (
    Calibration,
    Coverage,
    Filters,
    Fitting,
    Job,
    JobKind,
    JobState,
    Progress,
    Renewal,
    Status,
    Term,
)

if TYPE_CHECKING:
    from lookalike.arrays import Float32s, UInt8s
    from lookalike.library.active import ActiveModel
    from lookalike.stores.service import ServiceStore

_SAMPLE = 1024  # pictures that a bank for the vectors of before is made from
_SEED = 7
_OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})


class Renewing(Embedding):
    """The renewals of `Library`."""

    _former_made: tuple[str, ActiveModel] | None = None

    def renewal(self) -> Renewal | None:
        """How far the renewal of the model is, if one is going on."""
        former_id, model_id = self._former_id(), self._store.get_setting(MODEL_SETTING)
        if former_id is None or model_id is None:
            return None
        jobs = [
            job
            for job in self._store.list_jobs(1000)
            if job.kind is JobKind.PREPARE_MODEL and job.argument == model_id
        ]
        job = next((job for job in jobs if job.state in _OPEN), None)
        lacking, total = self._store.count_without_vector(model_id)
        is_stuck = job is None and jobs and jobs[0].state is JobState.FAILED
        return Renewal(
            model_id=model_id,
            former_id=former_id,
            done=total - lacking,
            total=total,
            job=job,
            problem=jobs[0].message if is_stuck else "",
        )

    def renews(self, job: Job) -> bool:
        """Whether the job computes what a renewed model lacks."""
        is_of_used = job.argument == self._store.get_setting(MODEL_SETTING)
        return job.kind is JobKind.PREPARE_MODEL and is_of_used

    def coverage(self) -> Coverage:
        """As in `Core`; what waits for a renewed model is pending."""
        coverage = self._store.coverage()
        model_id = self._store.get_setting(MODEL_SETTING)
        if self._former_id() is None or model_id is None:
            return coverage
        lacking, total = self._store.count_without_vector(model_id)
        return _seen(coverage, total - lacking)

    def status(self) -> Status:
        """What the library holds and what it takes on disk."""
        return replace(super().status(), renewal=self.renewal())

    # --- the work -------------------------------------------------------------------------

    def _renew_when_needed(self) -> None:
        """Begins the renewal, or goes on with it."""
        searched = self._store.get_setting(MODEL_SETTING)
        if searched is None or self._given_embedder is not None:
            return
        later = self._later_generation(searched)
        if later is not None:
            self._layout.index_of(later).unlink(missing_ok=True)
            self._store.renew_model(later)
            self.note("model_renewed", later, by="Lookalike")
        model_id = later or searched
        if self._former_id() is not None and not self._works_at(model_id):
            self._store.add_job(JobKind.PREPARE_MODEL, model_id, "")
            self._wake()

    def _later_generation(self, model_id: str) -> str | None:
        """The one that ships, when it is a later generation of this model. One that is earlier,
        in a Lookalike that was put back, changes nothing by itself."""
        from lookalike.models import manifest, registry

        name, _, version = model_id.partition("@")
        if name not in registry.FOLDERS:
            return None
        try:
            shipped = manifest.read(registry.FOLDERS[name])
        except ModelError:
            return None  # whoever needs it is told what is wrong
        return shipped.model_id if _order(shipped.version) > _order(version) else None

    def _renew_for(
        self, job: Job, progress: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Computes what the renewed model lacks. Callers hold the lock of models."""
        name, failed = job.argument.partition("@")[0], 0
        if self._former_id() is not None:
            self._tune_before(name, job.argument)
            embedder = self._load_embedder(job.argument)
            failed = self._embed_lacking(embedder, progress, stop)
            if stop.is_set():
                return ""
            self._write_index(embedder)
            self._store.settle_model()
        self._follow_up(job.argument)
        return f"{name} is renewed." + failures(failed)

    def _follow_up(self, model_id: str) -> None:
        """What is to be done after a renewal."""
        for root in self._store.list_roots() if self._store.pending(1) else ():
            self._store.add_job(JobKind.INDEX, root, "")
        name = model_id.partition("@")[0]
        for other, _ in self._store.list_models():
            if other.partition("@")[0] == name and other != model_id:
                self._store.add_job(JobKind.DROP_MODEL, other, "")  # nobody can go back to it
        self._compare_soon()

    def _works_at(self, model_id: str) -> bool:
        return any(
            job.kind is JobKind.PREPARE_MODEL and job.argument == model_id
            for job in self._store.list_jobs(1000, open_only=True)
        )

    # --- searching meanwhile --------------------------------------------------------------

    def _former_id(self) -> str | None:
        """What was searched with before a renewal that is going on."""
        from lookalike.stores.embeddings import FORMER

        return self._store.get_setting(FORMER)

    def _model_for(self, terms: Sequence[Term]) -> ActiveModel:
        """The vectors of before are all there, and enough for pictures of the library alone."""
        former_id = self._former_id()
        if former_id is None or not self._have_vectors(former_id, terms):
            return self._models.get()
        return self._complete_model()

    def _complete_model(self) -> ActiveModel:
        """While the model is renewed, that of before."""
        former_id = self._former_id()
        if former_id is None:
            return self._models.get()
        if self._former_made is None or self._former_made[0] != former_id:
            self._former_made = (former_id, self._make_former(former_id))
        return self._former_made[1]

    def _have_vectors(self, model_id: str, terms: Sequence[Term]) -> bool:
        """Whether the terms are pictures of the library with such vectors, and colours."""
        pictured = [term for term in terms if term.colour_value is None]
        ids = {term.asset_value for term in pictured}
        if not ids or None in ids:
            return False
        keys = [asset.key for asset in self._store.find_assets([id for id in ids if id])]
        found, _ = self._store.vectors(model_id, np.array(keys, np.int64))
        return len(found) == len(ids)

    def _make_former(self, model_id: str) -> ActiveModel:
        from lookalike.library.active import ActiveModel

        return ActiveModel(
            _Former(self._store, model_id),
            make_pool=lambda embedder: self._make_pool(embedder, self.settings.max_file_bytes),
            make_ingest_pool=lambda embedder: self._make_pool(embedder, 1),
            make_index=self._make_index,
        )

    def _covered(self, coverage: Coverage, model: ActiveModel) -> Coverage:
        """Says so when not all pictures had a vector of the model that was searched with."""
        if self._former_id() is None:
            return coverage
        return _seen(coverage, len(model.index.get().current()))


class _Former:
    """A model whose files are gone: nothing can be computed with it, but its vectors are there."""

    fitting = Fitting()
    image_size_px = 1
    calibration: Calibration | None = None

    def __init__(self, store: ServiceStore, model_id: str) -> None:
        self.model_id = model_id
        keys = store.filter_keys(Filters())
        if len(keys) > _SAMPLE:
            keys = np.sort(np.random.default_rng(_SEED).choice(keys, _SAMPLE, replace=False))
        _, vectors = store.vectors(model_id, keys)
        self.dim = vectors.shape[1]
        self._sample = vectors.astype(np.float32)

    @cached_property
    def background(self) -> Float32s:
        """Pictures of the library that are as different as can be."""
        from lookalike.search.background import make_background

        return make_background(self._sample, self._sample[:0])

    def embed_images(self, _images: UInt8s) -> Float32s:
        """Raises ModelUnavailable."""
        raise ModelUnavailable(f"The files of {self.model_id} are not here any more.")

    def embed_texts(self, _texts: Sequence[str]) -> Float32s:
        """Raises ModelUnavailable."""
        raise ModelUnavailable(f"The files of {self.model_id} are not here any more.")


def _seen(coverage: Coverage, count: int) -> Coverage:
    """With `count` of the indexed pictures seen; the others wait for the renewal."""
    waiting = max(0, coverage.indexed - count)
    return replace(
        coverage,
        indexed=coverage.indexed - waiting,
        pending=coverage.pending + waiting,
        renewing=waiting,
    )


def _order(version: str) -> tuple[int, ...]:
    """Generations are counted: 10 comes after 9."""
    return tuple(int(number) for number in re.findall(r"\d+", version))
