"""Queries with pictures from outside: decoded in earnest, fetched by a function of the test."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lookalike.errors import CorruptImage, QueryError, UpstreamStatus
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.search.calibration import PICTURES, WORDS
from lookalike.search.named import find_named
from lookalike.search.query import MAX_TERMS, Sources, read_terms, resolve
from lookalike.search.sentence import MAX_LETTERS
from lookalike.stores.base import Edit
from lookalike.types import Term

LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_avif_pixels=10**7)


def encoded(colour: tuple[int, int, int]) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(buffer, "PNG")
    return buffer.getvalue()


RED, BLUE = encoded((220, 30, 30)), encoded((35, 60, 210))


@pytest.fixture
def sources(shelf) -> Sources:
    side_px = shelf.sources.embedder.image_size_px
    return replace(
        shelf.sources,
        decode=lambda data: prepare(data, LIMITS, side_px=side_px),
        fetch={"https://example.org/blue.png": BLUE}.__getitem__,
    )


def test_resolve_image_by_bytes_or_url(sources: Sources) -> None:
    red, blue = sources.embedder.embed_texts(["red", "blue"])
    by_bytes = resolve([Term.image(RED)], sources)
    by_url = resolve([Term.url("https://example.org/blue.png")], sources)
    assert by_bytes.vector @ red > 0.9 > by_bytes.vector @ blue
    assert by_url.vector @ blue > 0.9 > by_url.vector @ red
    assert by_url.sample is not None
    assert by_url.sample.width_px == 64
    assert by_url.thresholds is PICTURES


def test_resolve_keeps_each_text_with_its_weight(sources: Sources) -> None:
    terms = [Term.text("red"), Term.image(BLUE), Term.text("green", weight=-0.5)]
    red, blue, green = sources.embedder.embed_texts(["red", "blue", "green"])
    query = resolve(terms, sources)
    assert min(query.vector @ red, query.vector @ blue) > 0.2
    assert query.vector @ green < 0
    assert query.thresholds is WORDS
    assert query.sample is None
    assert abs(float(np.linalg.norm(query.vector)) - 1) < 1e-5


def test_resolve_of_an_unwanted_image_has_no_sample(sources: Sources) -> None:
    assert resolve([Term.image(RED, weight=-1)], sources).sample is None


def test_resolve_lets_the_errors_of_its_sources_through(sources: Sources) -> None:
    def fail(_: str) -> bytes:
        raise UpstreamStatus("gone")

    with pytest.raises(CorruptImage):
        resolve([Term.image(RED[:60])], sources)
    with pytest.raises(UpstreamStatus):
        resolve([Term.url("https://example.org/x.png")], replace(sources, fetch=fail))


def test_query_has_no_end_of_parts_and_letters() -> None:
    assert len(read_terms(["a"] * MAX_TERMS)) == MAX_TERMS
    signs = " ".join(f"-ab{number}" for number in range(MAX_TERMS + 1))
    for too_much in (["a"] * (MAX_TERMS + 1), signs, "x" * (MAX_LETTERS + 1)):
        with pytest.raises(QueryError, match="at most"):
            read_terms(too_much)


def test_phrases_that_many_pictures_have_are_combined_before_they_are_cut(
    shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lookalike.search.named.MOST", 2)
    keys = shelf.put(np.eye(8, shelf.sources.embedder.dim, dtype=np.float32))
    for key in keys:
        shelf.store.put_tags(key, ["img"])
    for key in keys[6:]:
        shelf.store.edit_asset(key, Edit(description="beach"))
    found = find_named(shelf.store, ["img", "beach"], None).tolist()
    assert found == keys[6:]
    allow = np.array(keys[4:6], np.int64)
    assert find_named(shelf.store, ["img"], allow).tolist() == keys[4:6]
    assert len(find_named(shelf.store, ["img"], None)) == 2
