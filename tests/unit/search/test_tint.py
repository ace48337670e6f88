from __future__ import annotations

import numpy as np
import pytest

from lookalike.errors import BadFilter, QueryError
from lookalike.palettes import hex_to_lab, pack
from lookalike.search.engine import search
from lookalike.testing import FakeEmbedder
from lookalike.types import Band, Filters, Term
from tests.unit.search.test_engine import all_pages, keys_of

EMBEDDER = FakeEmbedder()


def palette(*colours: tuple[str, float]) -> bytes:
    lab = np.stack([hex_to_lab(colour) for colour, _ in colours])
    return pack(lab, np.array([share for _, share in colours], np.float32))


@pytest.fixture
def coloured(shelf, random_vectors):
    """Ten pictures; the n-th is n tenths red, the rest white."""
    keys = shelf.put(random_vectors(10))
    shelf.store.put_palettes(
        {
            key: palette(("#d32222", n / 10), ("#ffffff", 1 - n / 10))
            for n, key in enumerate(keys)
            if n
        }
    )
    return shelf, keys


@pytest.mark.parametrize("colour", ["red", "#d32222"])
def test_colour_alone_ranks_by_its_share(coloured, colour: str) -> None:
    shelf, keys = coloured
    found = search(Term.colour(colour), shelf.sources, shelf.corpus())
    assert keys_of(found) == keys[:0:-1]  # the first has no red at all, and is no result
    assert found.matches[0].score == pytest.approx(0.9, abs=0.01)
    assert [match.band for match in found.matches[:1] + found.matches[-1:]] == [
        Band.STRONG,
        Band.WEAK,
    ]
    assert shelf.index_uses == 0


def test_colour_alone_pages_without_repeating(coloured) -> None:
    shelf, keys = coloured
    pages = all_pages(shelf, Term.colour("red"), limit=4)
    assert [key for page in pages for key in keys_of(page)] == keys[:0:-1]


def test_unwanted_colour_alone_puts_what_is_free_of_it_first(coloured) -> None:
    shelf, keys = coloured
    found = search(Term.colour("red", weight=-1), shelf.sources, shelf.corpus())
    assert keys_of(found) == keys
    assert found.matches[0].band is Band.LIKELY
    assert found.matches[-1].band is Band.WEAK


def test_two_colours_ask_for_both(shelf, random_vectors) -> None:
    keys = shelf.put(random_vectors(3))
    shelf.store.put_palettes(
        {
            keys[0]: palette(("#d32222", 0.6), ("#ffffff", 0.4)),
            keys[1]: palette(("#d32222", 0.45), ("#2460d8", 0.45)),
            keys[2]: palette(("#36a244", 1.0)),
        }
    )
    terms = [Term.colour("red"), Term.colour("blue")]
    found = search(terms, shelf.sources, shelf.corpus())
    assert keys_of(found) == [keys[1], keys[0]]


@pytest.mark.parametrize("exact_below", [0, 20_000])
def test_colour_beside_words_moves_those_that_fit_both_up(
    shelf, random_vectors, exact_below: int
) -> None:
    keys = shelf.put(np.repeat(random_vectors(300)[:1], 300, axis=0))  # all alike to the model
    shelf.store.put_palettes({keys[200]: palette(("#d32222", 0.3), ("#ffffff", 0.7))})
    shelf.store.put_palettes({keys[7]: palette(("#2460d8", 0.3), ("#ffffff", 0.7))})
    corpus = shelf.corpus(exact_below=exact_below)
    terms = [Term.text("bicycle"), Term.colour("red")]
    assert keys_of(search(terms, shelf.sources, corpus, limit=5, shortlist=10))[0] == keys[200]
    terms = [Term.text("bicycle"), Term.colour("blue", weight=-1)]
    order = [key for page in all_pages(shelf, terms, limit=100) for key in keys_of(page)]
    assert (len(order), order[-1]) == (300, keys[7])


def test_words_still_count_beside_a_colour(shelf) -> None:
    texts = ["red green", "red", "purple"]
    keys = shelf.put(EMBEDDER.embed_texts(texts))
    shelf.store.put_palettes(dict.fromkeys(keys, palette(("#36a244", 0.2), ("#ffffff", 0.8))))
    found = search([Term.text("red"), Term.colour("green")], shelf.sources, shelf.corpus())
    assert keys_of(found) == [keys[1], keys[0], keys[2]]


def test_filter_by_colour_narrows_before_the_search(coloured) -> None:
    shelf, keys = coloured
    found = search("red", shelf.sources, shelf.corpus(), filters=Filters(colour="red"))
    assert sorted(keys_of(found)) == keys[1:]


def test_colour_that_is_none_is_refused(shelf) -> None:
    with pytest.raises(BadFilter):
        search(Term.colour("reddish"), shelf.sources, shelf.corpus())
    with pytest.raises(QueryError):
        search(Term(text_value="a", colour_value="red"), shelf.sources, shelf.corpus())
