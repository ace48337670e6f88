"""How many threads and pictures at a time suit a model on this machine: measured once, kept.

What was measured is a file beside the larger models, for every machine, way of computing and
model. Measuring takes a few seconds, so it is done by a command, before a long run, and before
the first index where it takes less than two; never when a search begins.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.arrays import UInt8s
from lookalike.models.base import Embedder
from lookalike.types import Tuning

FILE = "tuning.json"
_BATCHES = (4, 8, 16, 32)
_FIRST_BATCH = 8
_LEAST_S = 0.3  # each choice is timed for at least so long
_BRIEF_S = 0.1  # and in a brief measurement
_QUICK_S = 2.5  # what a brief measurement may take
_MARGIN = 1.05  # a choice must be quicker by this to be preferred to a smaller one


def find_tuning(folder: Path, model_id: str, provider: str) -> Tuning | None:
    """What was measured here before."""
    told = _read(folder).get(_key(model_id, provider))
    try:
        return told and Tuning(
            threads=int(told["threads"]),
            batch_size=int(told["batch_size"]),
            pictures_per_s=float(told["pictures_per_s"]),
        )
    except (KeyError, TypeError, ValueError):  # of another version
        return None


def keep_tuning(folder: Path, model_id: str, provider: str, tuning: Tuning) -> None:
    """Writes it down, beside what is known of other models and machines."""
    folder.mkdir(parents=True, exist_ok=True)
    known = _read(folder) | {_key(model_id, provider): asdict(tuning)}
    written = folder / f".{FILE}.new"
    written.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    written.replace(folder / FILE)


def measure(
    load: Callable[[int], Embedder],
    *,
    cores: int | None = None,
    clock: Callable[[], float] = time.perf_counter,
    least_s: float = _LEAST_S,
) -> Tuning:
    """`load` opens the model with so many threads. First the threads are chosen, then how many
    pictures are embedded at a time; each choice is timed for `least_s`. Raises what the model
    raises."""
    choices = _thread_choices(cores)
    rates = {threads: _rate(load(threads), _FIRST_BATCH, clock, least_s) for threads in choices}
    threads = _quickest(rates.items())
    model = load(threads)
    by_batch = {batch: _rate(model, batch, clock, least_s) for batch in _BATCHES}
    batch = _quickest(by_batch.items())
    return Tuning(threads=threads, batch_size=batch, pictures_per_s=round(by_batch[batch], 1))


def measure_if_quick(
    load: Callable[[int], Embedder],
    *,
    cores: int | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Tuning | None:
    """As `measure`, but briefly; None for a model that is so slow on this machine that it would
    take longer than two seconds."""
    choices = _thread_choices(cores)
    model = load(choices[-1])
    images = _draw(model, _FIRST_BATCH // 2)
    model.embed_images(images)  # the first one makes room
    started_s = clock()
    model.embed_images(images)
    each_s = (clock() - started_s) / len(images)
    if each_s * 2 * (len(choices) * _FIRST_BATCH + sum(_BATCHES)) > _QUICK_S:
        return None
    return measure(load, cores=cores, clock=clock, least_s=_BRIEF_S)


def _thread_choices(cores: int | None) -> list[int]:
    cores = cores or os.cpu_count() or 1
    return sorted({1, max(1, cores // 2), cores})


def _draw(model: Embedder, count: int) -> UInt8s:
    side = model.image_size_px
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), dtype=np.uint8)


def _rate(model: Embedder, batch: int, clock: Callable[[], float], least_s: float) -> float:
    """Pictures a second, after one batch that does not count."""
    images = _draw(model, batch)
    model.embed_images(images)
    started_s, done = clock(), 0
    while True:
        model.embed_images(images)
        done += batch
        took_s = clock() - started_s
        if took_s >= least_s:
            return done / took_s


def _quickest(rates: Iterable[tuple[int, float]]) -> int:
    """The smallest of those that are about as quick as the quickest."""
    known = sorted(rates)
    most = max(rate for _, rate in known)
    return next(choice for choice, rate in known if rate * _MARGIN >= most)


def _key(model_id: str, provider: str) -> str:
    return f"{platform.node()} {platform.machine()} x{os.cpu_count()} {provider} {model_id}"


def _read(folder: Path) -> dict[str, Any]:
    try:
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
