import base64
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from lookalike.errors import BadCursor
from lookalike.search.cursor import Cursor, Place, fingerprint
from lookalike.types import Filters, Term

MARK = fingerprint("model-1", [Term.text("pink birds")], Filters())
CURSOR = Cursor(MARK, Place(5, -0.123456789, 42), 20)


def test_cursor_survives_its_text() -> None:
    text = CURSOR.to_text()
    assert Cursor.from_text(text, MARK) == CURSOR
    assert text.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "nonsense",
        "ключ",
        "A" * 1000,
        CURSOR.to_text()[:-3],
        CURSOR.to_text() + "AAAA",
        base64.urlsafe_b64encode(b"\x09" + b"\0" * 33).decode(),
        "!" + CURSOR.to_text()[1:],
    ],
)
def test_cursor_malformed_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.from_text(text, MARK)


def test_cursor_of_not_a_number_is_refused() -> None:
    text = replace(CURSOR, place=Place(5, float("nan"), 42)).to_text()
    with pytest.raises(BadCursor):
        Cursor.from_text(text, MARK)


@pytest.mark.parametrize(
    "other",
    [
        fingerprint("model-2", [Term.text("pink birds")], Filters()),
        fingerprint("model-1", [Term.text("pink bird")], Filters()),
        fingerprint("model-1", [Term.text("pink birds", weight=0.5)], Filters()),
        fingerprint("model-1", [Term.like("pink birds")], Filters()),
        fingerprint("model-1", [Term.image(b"pink birds")], Filters()),
        fingerprint("model-1", [Term.text("pink birds")] * 2, Filters()),
        fingerprint("model-1", [Term.text("pink birds")], Filters(folder="trips")),
        fingerprint(
            "model-1", [Term.text("pink birds")], Filters(after=datetime(2024, 1, 1, tzinfo=UTC))
        ),
    ],
)
def test_cursor_of_another_query_is_refused(other: bytes) -> None:
    with pytest.raises(BadCursor, match="another query"):
        Cursor.from_text(CURSOR.to_text(), other)


def test_fingerprint_does_not_hold_on_to_the_bytes_of_an_image() -> None:
    assert len(fingerprint("model-1", [Term.image(b"x" * 1_000_000)], Filters())) == 12
