from __future__ import annotations

import numpy as np
import pytest

from lookalike.search.passages import MAX_PARTS, MAX_WORDS, split
from lookalike.search.query import embed_words
from lookalike.testing import FakeEmbedder


@pytest.mark.parametrize(
    "text",
    [
        "a red boat",
        "Dr. No on a beach",
        "a dog. Red.",
        " ".join(["word"] * MAX_WORDS),
    ],
)
def test_split_leaves_a_short_text_whole(text: str) -> None:
    assert split(text) == [text]


def test_split_is_quick_with_long_runs_of_blanks() -> None:
    assert split("a" + " " * 200_000 + "b") == ["a b"]  # took minutes


def test_split_cuts_between_sentences() -> None:
    assert split("A man stands there. He holds a red fish!\nThe sea is calm") == [
        "A man stands there.",
        "He holds a red fish!",
        "The sea is calm",
    ]


def test_split_cuts_a_long_sentence_at_its_clauses_and_loses_nothing() -> None:
    clause = "a man in a red coat walks along the long wall of an old house,"
    text = " ".join([clause] * 9)
    parts = split(text)
    assert " ".join(parts) == text
    assert all(len(part.split()) <= MAX_WORDS for part in parts)
    assert all(part.endswith(",") for part in parts)


def test_split_cuts_words_without_clauses_evenly_and_ends_somewhere() -> None:
    assert {len(part.split()) for part in split("word " * 100)} == {32, 34}
    assert len(split("word " * 100_000)) == MAX_PARTS


def test_embed_words_averages_the_parts_of_a_long_text() -> None:
    embedder = FakeEmbedder()
    (vector,) = embed_words(["there is red. there is blue."], embedder)
    red, blue = embedder.embed_texts(["red", "blue"])
    assert vector @ red == pytest.approx(vector @ blue)
    assert np.linalg.norm(vector) == pytest.approx(1)
    assert embed_words([], embedder) == []
