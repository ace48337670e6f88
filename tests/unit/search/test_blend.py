import numpy as np
import pytest

from lookalike.arrays import Float32s
from lookalike.errors import EmptyQuery
from lookalike.search.blend import blend

RANDOM = np.random.default_rng(3)
NO_BACKGROUND = np.zeros((0, 4), np.float32)


def unit(*values: float) -> Float32s:
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_blend_of_one_term_is_that_term() -> None:
    background = RANDOM.standard_normal((100, 4)).astype(np.float32)
    term = unit(1, 2, 3, 4)
    assert np.allclose(blend(term[None], [1.0], background), term, atol=1e-6)
    assert np.allclose(blend(term[None], [0.2], background), term, atol=1e-6)


def test_blend_of_one_negative_term_points_away() -> None:
    term = unit(1, 2, 3, 4)
    assert np.allclose(blend(term[None], [-0.5], NO_BACKGROUND), -term, atol=1e-6)


def test_blend_is_a_unit_vector() -> None:
    terms = np.stack([unit(1, 0, 0, 0), unit(1, 1, 0, 0), unit(0, 1, 1, 0)])
    blended = blend(terms, [1.0, 2.0, -0.7], NO_BACKGROUND)
    assert blended.dtype == np.float32
    assert abs(float(np.linalg.norm(blended)) - 1) < 1e-6


def test_blend_gives_terms_equal_say_whatever_their_spread() -> None:
    # The first direction varies ten times more over the background than the second.
    background = RANDOM.standard_normal((2000, 4)).astype(np.float32) * [1.0, 0.1, 0.1, 0.1]
    blended = blend(
        np.stack([unit(1, 0, 0, 0), unit(0, 1, 0, 0)]), [1.0, 1.0], background.astype(np.float32)
    )
    assert 8 < blended[1] / blended[0] < 12


def test_blend_subtracts_only_what_is_not_wanted() -> None:
    # The unwanted side shares half of its direction with the wanted one.
    wanted, unwanted = unit(1, 0, 0, 0), unit(1, 1, 0, 0)
    background = RANDOM.standard_normal((5000, 4)).astype(np.float32)
    blended = blend(np.stack([wanted, unwanted]), [1.0, -1.0], background)
    plain = wanted - unwanted
    assert blended @ wanted > 0.7 > plain @ wanted / np.linalg.norm(plain)
    assert blended @ unwanted < wanted @ unwanted


def test_blend_subtracting_the_opposite_takes_nothing_back() -> None:
    blended = blend(np.stack([unit(1, 0, 0, 0), unit(-1, 1, 0, 0)]), [1.0, -1.0], NO_BACKGROUND)
    assert blended[0] > 0 > blended[1]


@pytest.mark.parametrize("background", [NO_BACKGROUND, np.eye(4, dtype=np.float32).repeat(9, 0)])
def test_blend_of_terms_that_cancel_is_empty(background: Float32s) -> None:
    term = unit(1, 2, 3, 4)
    with pytest.raises(EmptyQuery):
        blend(np.stack([term, term]), [1.0, -1.0], background)
