"""Reading queries and filters from the parameters of an address or a form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol

from lookalike.decisions import ReviewFilter
from lookalike.errors import BadFilter, QueryError
from lookalike.library import Library
from lookalike.types import MINUS_WEIGHT, Filters, Relation, Term

_NUMBERS = ("min_width", "max_width", "min_height", "max_height", "min_bytes", "max_bytes")


class Values(Protocol):
    """Parameters, of which one name may have several."""

    def get(self, name: str, /) -> object:
        """The last one."""

    def getlist(self, name: str, /) -> Iterable[object]:
        """All of them."""


def read_terms(values: Values, library: Library) -> list[Term]:
    """The terms `text`, `url`, `like` and `by_colour`, and their opposites `minus_text` to
    `minus_colour`; any may be repeated. Each `text` is read as a sentence, with `literal=1` as it
    stands."""
    literally = text(values, "literal") == "1"
    terms = [
        term
        for value in texts(values, "text")
        for term in library.read_words(value, literally=literally)
    ]
    terms += [Term.text(value, weight=MINUS_WEIGHT) for value in texts(values, "minus_text")]
    for name, make in (("url", Term.url), ("like", Term.like), ("by_colour", Term.colour)):
        opposite = f"minus_{name.removeprefix('by_')}"
        terms += [make(value) for value in texts(values, name)]
        terms += [make(value, weight=MINUS_WEIGHT) for value in texts(values, opposite)]
    return terms


def read_filters(values: Values) -> Filters:
    """Raises BadFilter."""
    numbers = {name: read_whole(values, name) for name in _NUMBERS}
    return Filters(
        folder=text(values, "in"),
        types=tuple(texts(values, "type")),
        tags=tuple(texts(values, "tag")),
        after=_read_time(values, "after"),
        before=_read_time(values, "before"),
        orientation=text(values, "orientation"),
        name_contains=text(values, "name"),
        colour=text(values, "colour"),
        colour_within=_read_number(values, "colour_within"),
        min_width=numbers["min_width"],
        max_width=numbers["max_width"],
        min_height=numbers["min_height"],
        max_height=numbers["max_height"],
        min_bytes=numbers["min_bytes"],
        max_bytes=numbers["max_bytes"],
    )


def read_review_filter(values: Values) -> ReviewFilter:
    """Which copies count: `relation`, which may be repeated, and `min_confidence`. Raises
    BadFilter."""
    try:
        least = float(text(values, "min_confidence") or 0)
        relations = frozenset(map(Relation, texts(values, "relation")))
    except ValueError as error:
        raise BadFilter(f"This is no filter for duplicates: {error}.") from None
    if not 0 <= least <= 1:
        raise BadFilter("The filter `min_confidence` must be from 0 to 1.")
    return ReviewFilter(relations=relations, min_confidence=least)


def read_limit(values: Values, default: int) -> int:
    """How many on a page. Raises QueryError."""
    try:
        return int(text(values, "limit") or default)
    except ValueError:
        raise QueryError("limit must be a whole number.") from None


def text(values: Values, name: str) -> str | None:
    """The last value of this name; an empty one says nothing."""
    value = values.get(name)
    return value if isinstance(value, str) and value else None


def texts(values: Values, name: str) -> list[str]:
    """All values of this name that say something."""
    return [value for value in values.getlist(name) if isinstance(value, str) and value]


def read_whole(values: Values, name: str) -> int | None:
    """Raises BadFilter."""
    value = text(values, name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 20):
        raise BadFilter(f"The filter `{name}` must be a whole number of at least 0, not {value!r}.")
    return int(value)


def _read_number(values: Values, name: str) -> float | None:
    value = text(values, name)
    try:
        return None if value is None else float(value)
    except ValueError:
        raise BadFilter(f"The filter `{name}` must be a number, not {value!r}.") from None


def _read_time(values: Values, name: str) -> datetime | None:
    value = text(values, name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise BadFilter(
            f"The filter `{name}` must be a date such as 2024-05-31, not {value!r}."
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
