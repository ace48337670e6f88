"""Rate, remaining time, and restraint."""

from __future__ import annotations

from lookalike.ingest.meter import Meter
from lookalike.types import Progress


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_meter_tells_rate_and_remaining_time() -> None:
    told: list[Progress] = []
    clock = Clock()
    meter = Meter("index", told.append, total=100, clock=clock)
    clock.now_s += 2
    meter.update(40, "trips")
    assert told == [
        Progress(
            stage="index", done=40, total=100, rate_per_s=20.0, remaining_s=3.0, current="trips"
        )
    ]


def test_meter_speaks_at_most_once_an_interval() -> None:
    told: list[Progress] = []
    clock = Clock()
    meter = Meter("scan", told.append, clock=clock)
    for done in range(1000):
        clock.now_s += 0.01
        meter.update(done)
    assert 90 <= len(told) <= 100


def test_meter_speaks_the_last_word_always() -> None:
    told: list[Progress] = []
    meter = Meter("scan", told.append, clock=Clock())
    meter.update(1)
    meter.update(7, last=True)
    assert [progress.done for progress in told] == [7]
    assert told[0].remaining_s is None


def test_meter_rate_follows_the_recent_past() -> None:
    told: list[Progress] = []
    clock = Clock()
    meter = Meter("index", told.append, total=10_000, clock=clock)
    for second in range(1, 101):
        clock.now_s += 1
        meter.update(second * 10 if second <= 50 else 500 + (second - 50))
    assert told[-1].rate_per_s == 1.0
