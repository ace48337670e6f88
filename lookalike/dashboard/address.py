"""The whole query as it stands in the address bar: words, terms, filters, sorting.

    /search?q=beach&t=like:01J...&t=-0.5*text:people&type=jpeg&sort=newest

A term `t` is `kind:value`, with a weight and `*` before it when that is not 1. Kinds: `text`,
`like` (an asset id), `image` (the sha256 of an image that the server keeps for a while), `colour`
(rrggbb or a basic name). Behind a picture, `@x,y,w,h` in thousandths of its sides chooses a region.
`q` is read as a sentence, such as `beach without people`; with `literal=1` as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Self, TypeVar
from urllib.parse import urlencode

from lookalike.colours import read_colour
from lookalike.errors import BadFilter, QueryError
from lookalike.types import Filters

WEIGHTS = (0.5, 1.0, 2.0)
MAX_TERMS = 12
TYPES = ("jpeg", "png", "webp", "gif", "avif", "svg")
ORIENTATIONS = ("landscape", "portrait", "square")
SORTS = {
    "relevance": "Relevance",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "largest": "Largest first",
    "smallest": "Smallest first",
}
MEGABYTE = 1000 * 1000

_TERM = re.compile(
    r"(?:(?P<weight>[+-]?\d+(?:\.\d+)?)\*)?(?P<kind>text|like|image|colour):(?P<value>.+)"
)
_REGION = re.compile(r"(?P<value>.+)@(?P<box>\d{1,4},\d{1,4},\d{1,4},\d{1,4})")
_SHA256 = re.compile(r"[0-9a-f]{64}")

_N = TypeVar("_N", int, float)
Box = tuple[int, int, int, int]  # x, y, width, height in thousandths of the sides


@dataclass(frozen=True, slots=True)
class AddressTerm:
    """One term as it is written in the address."""

    kind: str  # text, like, image, colour
    value: str
    weight: float = 1.0
    box: Box | None = None

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Reads `to_text`. Raises QueryError."""
        term = _TERM.fullmatch(text)
        if term is None:
            raise QueryError(f"{text!r} is not a term of a search; start the search anew.")
        kind, value, box = term["kind"], term["value"], None
        if kind == "colour":
            value = read_colour(value).lstrip("#")
        elif kind != "text" and (region := _REGION.fullmatch(value)):
            value, box = region["value"], _read_box(region["box"])
        if kind == "image" and not _SHA256.fullmatch(value):
            raise QueryError("The image of this search is named wrongly; choose it again.")
        weight = float(term["weight"] or 1)
        if not 0 < abs(weight) <= 10:
            raise QueryError("The weight of a term must be from -10 to 10, and not 0.")
        return cls(kind, value, weight, box)

    def to_text(self) -> str:
        """As it stands behind `t=`."""
        weight = "" if self.weight == 1 else f"{self.weight:g}*"
        region = "" if self.box is None else "@" + ",".join(map(str, self.box))
        return f"{weight}{self.kind}:{self.value}{region}"


@dataclass(frozen=True, slots=True)
class Address:
    """A query, readable from an address and writable as one. Changes make a new one."""

    words: str = ""
    is_literal: bool = False  # the words are not read as a sentence
    terms: tuple[AddressTerm, ...] = ()
    name: str = ""  # a part of the file's name
    folder: str = ""
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    orientation: str = ""
    colour: str = ""  # a basic name, or rrggbb
    after: str = ""  # a day, YYYY-MM-DD
    before: str = ""  # the last day that counts
    min_width: int | None = None
    min_height: int | None = None
    min_mb: float | None = None
    max_mb: float | None = None
    sort: str = "relevance"
    is_weak_shown: bool = False
    is_stacked: bool = True  # near-copies are shown under the best of them

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> Self:
        """Reads the parameters of a request. Raises QueryError, BadFilter."""

        def one(name: str) -> str:
            return next((value for value in params.get(name, ()) if value.strip()), "").strip()

        terms = tuple(AddressTerm.from_text(text) for text in params.get("t", ()))
        if len(terms) > MAX_TERMS:
            raise QueryError(f"A search takes at most {MAX_TERMS} terms; remove some.")
        return cls(
            words=one("q")[:500],
            is_literal=one("literal") == "1",
            terms=terms,
            name=one("name")[:200],
            folder=one("folder").strip("/"),
            types=tuple(t for t in TYPES if t in params.get("type", ())),
            tags=tuple(dict.fromkeys(tag.strip() for tag in params.get("tag", ()) if tag.strip())),
            orientation=_chosen("orientation", one("orientation"), ORIENTATIONS),
            colour=read_colour(one("colour")).lstrip("#") if one("colour") else "",
            after=_day("after", one("after")),
            before=_day("before", one("before")),
            min_width=_number("min_width", one("min_width"), int),
            min_height=_number("min_height", one("min_height"), int),
            min_mb=_number("min_mb", one("min_mb"), float),
            max_mb=_number("max_mb", one("max_mb"), float),
            sort=_chosen("sort", one("sort"), SORTS) or "relevance",
            is_weak_shown=one("weak") == "1",
            is_stacked=one("stack") != "0",
        )

    def params(self) -> list[tuple[str, str]]:
        """What stands behind the question mark, without what is at its default."""
        pairs: list[tuple[str, object]] = [("q", self.words)]
        pairs += [("literal", "1" if self.is_literal else "")]
        pairs += [("t", term.to_text()) for term in self.terms]
        pairs += self.filter_params()
        pairs += [("sort", "" if self.sort == "relevance" else self.sort)]
        pairs += [("weak", "1" if self.is_weak_shown else "")]
        pairs += [("stack", "" if self.is_stacked else "0")]
        return [(name, str(value)) for name, value in pairs if value not in ("", None)]

    def filter_params(self) -> list[tuple[str, str]]:
        """The part of the parameters that narrows the search."""
        pairs: list[tuple[str, object]] = [("name", self.name), ("folder", self.folder)]
        pairs += [("type", name) for name in self.types]
        pairs += [("tag", name) for name in self.tags]
        pairs += [("orientation", self.orientation), ("colour", self.colour)]
        pairs += [("after", self.after), ("before", self.before)]
        pairs += [("min_width", self.min_width), ("min_height", self.min_height)]
        pairs += [("min_mb", _plain(self.min_mb)), ("max_mb", _plain(self.max_mb))]
        return [(name, str(value)) for name, value in pairs if value not in ("", None)]

    def url(self, path: str = "/search", **more: str) -> str:
        """The address of this query under `path`."""
        pairs = self.params() + [(name, value) for name, value in more.items() if value]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def is_empty(self) -> bool:
        """Whether nothing is looked for."""
        return not self.words and not self.terms

    def adding(self, term: AddressTerm) -> Self:
        """With one more term, in place of one of the same picture or words."""
        others = (t for t in self.terms if (t.kind, t.value, t.box) != _identity(term))
        return replace(self, terms=(*others, term), is_weak_shown=False)

    def without(self, position: int) -> Self:
        """Without the term at this position."""
        terms = (*self.terms[:position], *self.terms[position + 1 :])
        return replace(self, terms=terms, is_weak_shown=False)

    def weighing(self, position: int, weight: float) -> Self:
        """With another weight for the term at this position."""
        changed = replace(self.terms[position], weight=weight)
        terms = (*self.terms[:position], changed, *self.terms[position + 1 :])
        return replace(self, terms=terms)

    def unfiltered(self) -> Self:
        """The same search in the whole library."""
        return type(self)(
            words=self.words, is_literal=self.is_literal, terms=self.terms, sort=self.sort
        )

    def filters(self) -> Filters:
        """The conditions, as the library takes them; the folder is the one with this path, not
        others with its name."""
        before = _start_of(self.before)
        if before and before.date() == date.max:  # there is no day after it
            before = None
        return Filters(
            folder=f"/{self.folder}" if self.folder else None,
            types=self.types,
            tags=self.tags,
            orientation=self.orientation or None,
            colour=self.colour or None,
            after=_start_of(self.after),
            before=before + timedelta(days=1) if before else None,
            min_width=self.min_width,
            min_height=self.min_height,
            min_bytes=_bytes(self.min_mb),
            max_bytes=_bytes(self.max_mb),
            name_contains=self.name or None,
        )


def _identity(term: AddressTerm) -> tuple[str, str, Box | None]:
    return term.kind, term.value, term.box


def _read_box(text: str) -> Box:
    x, y, width, height = (int(part) for part in text.split(","))
    if width < 1 or height < 1 or x + width > 1000 or y + height > 1000:
        raise QueryError("The region lies outside the picture; draw it again.")
    return x, y, width, height


def _chosen(name: str, value: str, choices: Iterable[str]) -> str:
    if value and value not in choices:
        raise BadFilter(f"{name} is one of {', '.join(choices)}, not {value[:50]!r}.")
    return value


def _day(name: str, value: str) -> str:
    try:
        return datetime.strptime(value, "%Y-%m-%d").date().isoformat() if value else ""
    except ValueError as error:
        raise BadFilter(f"{name} is a day such as 2024-12-31, not {value[:50]!r}.") from error


def _start_of(day: str) -> datetime | None:
    return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None


def _number(name: str, value: str, kind: Callable[[str], _N]) -> _N | None:
    if not value:
        return None
    try:
        number = kind(value)
    except ValueError as error:
        raise BadFilter(f"{name} is a number, not {value[:50]!r}.") from error
    if not 0 <= number <= 1_000_000_000:
        raise BadFilter(f"{name} is a number from 0 up, not {value[:50]!r}.")
    return number


def _plain(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


def _bytes(megabytes: float | None) -> int | None:
    return None if megabytes is None else round(megabytes * MEGABYTE)
