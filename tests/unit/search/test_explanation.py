from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lookalike.errors import CorruptImage, NotIndexedYet, QueryError
from lookalike.images.windows import Window, cut, grid, spread_over
from lookalike.search.engine import search
from lookalike.search.explanation import CELLS, explain
from lookalike.search.query import Sources
from lookalike.stores.base import Skipped
from lookalike.testing import FakeEmbedder
from lookalike.types import Explanation, Naming, Term

EMBEDDER = FakeEmbedder()
RED, BLUE = (220, 30, 30), (35, 60, 210)


def thumbnail() -> bytes:
    """Red on the left, blue on the right."""
    picture = Image.new("RGB", (120, 90), RED)
    picture.paste(BLUE, (60, 0, 120, 90))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


@pytest.fixture
def halves(shelf) -> tuple[Sources, int]:
    """Where one picture is half red, half blue, and its key."""
    pixels = cut(thumbnail(), [Window(0, 0, 1, 1)], EMBEDDER.image_size_px)
    (key,) = shelf.put(EMBEDDER.embed_images(pixels))
    return replace(shelf.sources, read_thumbnail=lambda _: thumbnail()), key


def explained(halves: tuple[Sources, int], ask, **options) -> Explanation:
    sources, key = halves
    return explain(ask, sources.store.get_assets([key])[0], sources, **options)


def test_explanation_adds_up_to_the_score_of_the_search(halves, shelf) -> None:
    ask = ["red", Term.text("blue", weight=2), Term.text("green", weight=-0.5)]
    explanation = explained(halves, ask)
    assert explanation.score == pytest.approx(
        search(ask, shelf.sources, shelf.corpus()).matches[0].score, abs=1e-3
    )
    contributions = [share.contribution for share in explanation.terms]
    assert explanation.standing == pytest.approx(sum(contributions))
    assert sum(share.share for share in explanation.terms) == pytest.approx(1)
    assert [share.term.text_value for share in explanation.terms] == ["red", "blue", "green"]
    assert contributions[1] > contributions[0] > 0


def test_explanation_of_what_is_unwanted_counts_against(halves) -> None:
    (wanted, unwanted) = explained(halves, "red without blue").terms
    assert wanted.contribution > 0 > unwanted.contribution
    assert unwanted.term.text_value == "blue"


def test_explanation_shows_where_each_term_is_seen(halves) -> None:
    red, blue = (np.array(share.heat) for share in explained(halves, ["red", "blue"]).terms)
    assert red.shape == (CELLS, CELLS)
    assert red[:, :3].mean() > 0.9
    assert red[:, -3:].mean() < 0.1
    assert blue[:, -3:].mean() > 0.9
    assert blue.min() == 0


def test_explanation_without_heat_or_thumbnail_has_no_map(halves) -> None:
    sources, key = halves
    assert explained(halves, "red", heat=False).terms[0].heat == ()
    without = replace(sources, read_thumbnail=lambda _: None)
    assert explained((without, key), "red").terms[0].heat == ()
    broken = replace(sources, read_thumbnail=lambda _: b"RIFF nothing")
    with pytest.raises(CorruptImage):
        explained((broken, key), "red")


def test_explanation_of_a_colour_says_how_much_of_it_there_is(halves) -> None:
    words, colour = explained(halves, [Term.text("red"), Term.colour("blue")]).terms
    assert words.term.text_value == "red"
    assert (colour.term.colour_value, colour.heat) == ("blue", ())
    alone = explained(halves, Term.colour("blue"))
    assert alone.standing is None
    assert alone.terms[0].share in {0, 1}


def test_explanation_names_where_a_phrase_in_quotes_stands(halves) -> None:
    sources, key = halves
    sources.store.put_tags(key, ["My Car"])
    assert explained(halves, '"my car"').named is Naming.TAG
    assert explained(halves, '"other"').named is None
    assert explained(halves, "my car").named is None


def test_explanation_of_a_picture_without_a_vector_is_refused(halves) -> None:
    sources, key = halves
    other = replace(sources, embedder=FakeEmbedder(model_id="another"))
    with pytest.raises(NotIndexedYet, match="waits for the renewed model"):
        explained((other, key), "red")
    sources.store.save_results(EMBEDDER.model_id, [], [Skipped(key=key, reason="x", detail="x")])
    with pytest.raises(QueryError, match="not searchable"):
        explained((sources, key), "red")


def test_windows_reach_from_edge_to_edge() -> None:
    windows = grid(3, 0.5)
    assert len(windows) == 9
    assert windows[0] == Window(0, 0, 0.5, 0.5)
    assert windows[-1] == Window(0.5, 0.5, 1, 1)
    values = np.array([1, 0, 0, 0, 0, 0, 0, 0, 0], np.float32)
    spread = spread_over(windows, values, 4)
    assert spread[0, 0] == 1
    assert spread[3, 3] == 0
    assert 0 < spread[1, 1] < 1
