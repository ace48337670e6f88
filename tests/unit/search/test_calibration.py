import numpy as np

from lookalike.search.calibration import MIN_BACKGROUND, Thresholds, bands, standardise
from lookalike.types import Band

BACKGROUND = np.tile(np.array([0.1, 0.3], np.float32), 50)  # mean 0.2, spread 0.1
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
    scores = np.array([0.46, 0.46], np.float32)
    assert bands(scores, BACKGROUND, THRESHOLDS, best=0) == [Band.STRONG, Band.LIKELY]
    assert bands(scores, BACKGROUND, THRESHOLDS) == [Band.LIKELY, Band.LIKELY]


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
    assert abs(float(standard.std()) - 1) < 1e-4
