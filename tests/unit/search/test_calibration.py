from statistics import NormalDist

import numpy as np
import pytest

from lookalike.search.calibration import MIN_BACKGROUND, Thresholds, bands, spread, standardise
from lookalike.types import Band

BACKGROUND = np.array(  # mean 0.2, spread 0.1
    [NormalDist(0.2, 0.1).inv_cdf((place + 0.5) / 1000) for place in range(1000)], np.float32
)
THRESHOLDS = Thresholds(best=2.5, strong=3.0, likely=2.0)


def test_bands_count_spreads_above_the_mean() -> None:
    scores = np.array([0.51, 0.49, 0.41, 0.39, -1.0], np.float32)
    assert bands(scores, BACKGROUND, THRESHOLDS) == [
        Band.STRONG,
        Band.LIKELY,
        Band.LIKELY,
        Band.WEAK,
        Band.WEAK,
    ]


def test_bands_ask_less_of_the_best_match() -> None:
    scores = np.array([0.46, 0.455, 0.46], np.float32)
    bands_of_three = [Band.STRONG, Band.LIKELY, Band.STRONG]  # the last is a copy of the first
    assert bands(scores, BACKGROUND, THRESHOLDS, best=0) == bands_of_three
    assert bands(scores, BACKGROUND, THRESHOLDS) == [Band.LIKELY] * 3


def test_bands_do_not_depend_on_scale_or_offset() -> None:
    scores = np.linspace(0.03, 0.97, 11, dtype=np.float32)
    assert bands(scores, BACKGROUND, THRESHOLDS) == bands(
        scores * 0.1 + 7, BACKGROUND * 0.1 + 7, THRESHOLDS
    )


def test_bands_without_a_background_claim_nothing() -> None:
    few = np.zeros(MIN_BACKGROUND - 1, np.float32)
    assert bands(np.array([0.99], np.float32), few) == [Band.WEAK]


def test_bands_with_an_even_background_claim_nothing() -> None:
    even = np.full(100, 0.5, np.float32)
    assert bands(np.array([0.99], np.float32), even) == [Band.WEAK]


def test_bands_of_no_scores_are_none() -> None:
    assert bands(np.zeros(0, np.float32), BACKGROUND) == []


def test_standardise_centres_the_background() -> None:
    standard = standardise(BACKGROUND, BACKGROUND)
    assert standard is not None
    assert abs(float(standard.mean())) < 1e-4
    assert float(standard.std()) == pytest.approx(1, abs=0.01)


def test_what_many_pictures_of_the_bank_show_still_stands_out() -> None:
    with_dogs = BACKGROUND.copy()
    with_dogs[-100:] = 0.7
    assert spread(with_dogs) == pytest.approx(0.1, rel=0.15)
    assert float(np.std(with_dogs)) > 0.15
    assert bands(np.array([0.7], np.float32), with_dogs, THRESHOLDS) == [Band.STRONG]


def test_spread_of_too_little_is_none() -> None:
    assert spread(np.zeros(0, np.float32)) is None
    assert spread(BACKGROUND[: MIN_BACKGROUND - 1]) is None
    assert spread(np.full(100, 0.5, np.float32)) is None
