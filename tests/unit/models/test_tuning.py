"""Choosing threads and batch size, with a clock that the test turns."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lookalike.arrays import Float32s, UInt8s
from lookalike.models.tuning import find_tuning, keep_tuning, measure, measure_if_quick
from lookalike.testing import FakeEmbedder
from lookalike.types import Tuning


class Timed(FakeEmbedder):
    """Takes a time that depends on threads and batch."""

    now_s = 0.0

    def __init__(self, threads: int, cost: dict[int, float]) -> None:
        super().__init__(image_size_px=8)
        self._threads = threads
        self._cost = cost

    def embed_images(self, images: UInt8s) -> Float32s:
        Timed.now_s += self._cost[self._threads] * len(images) + 0.01
        return np.zeros((len(images), self.dim), np.float32)


def chosen(cost: dict[int, float], cores: int = 4) -> Tuning:
    return measure(lambda threads: Timed(threads, cost), cores=cores, clock=lambda: Timed.now_s)


def test_quickest_threads_are_chosen() -> None:
    assert chosen({1: 0.04, 2: 0.02, 4: 0.03}).threads == 2


def test_fewer_threads_are_preferred_when_more_bring_little() -> None:
    assert chosen({1: 0.0201, 2: 0.02, 4: 0.0199}).threads == 1


def test_larger_batches_are_chosen_where_they_pay() -> None:
    assert chosen({1: 0.0001, 2: 0.0001, 4: 0.0001}).batch_size == 32
    assert chosen({1: 0.5, 2: 0.5, 4: 0.5}).batch_size == 4


def test_one_core_is_enough_to_choose() -> None:
    tuning = chosen({1: 0.02}, cores=1)
    assert tuning.threads == 1
    assert tuning.pictures_per_s > 0


def test_tuning_is_kept_for_each_model_and_way_of_computing(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    assert find_tuning(folder, "a", "cpu") is None
    one = Tuning(threads=2, batch_size=8, pictures_per_s=11.0)
    keep_tuning(folder, "a", "cpu", one)
    keep_tuning(folder, "b", "cpu", Tuning(threads=1, batch_size=4, pictures_per_s=1.0))
    assert find_tuning(folder, "a", "cpu") == one
    assert find_tuning(folder, "a", "cuda") is None
    (folder / "tuning.json").write_text("not json")
    assert find_tuning(folder, "a", "cpu") is None


def test_brief_measurement_is_left_out_where_it_would_take_long() -> None:
    def chosen_soon(cost_s: float) -> Tuning | None:
        cost = {1: 2 * cost_s, 2: cost_s}
        return measure_if_quick(
            lambda threads: Timed(threads, cost), cores=2, clock=lambda: Timed.now_s
        )

    quick = chosen_soon(0.005)
    assert quick is not None
    assert quick.threads == 2
    began_s = Timed.now_s
    assert chosen_soon(0.2) is None
    assert Timed.now_s - began_s < 2
