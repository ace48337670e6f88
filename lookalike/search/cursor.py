"""The place where one page of results ends and the next begins, as an opaque text.

A cursor names the last match that was shown by its place in the order of results, not by a
count: pictures that come or go between two pages neither repeat nor hide others. It also
carries a fingerprint of its query, and is refused with any other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import NamedTuple, Self

from lookalike.errors import BadCursor
from lookalike.types import Filters, Term

_LAYOUT = struct.Struct("<B12sBdqI")
_VERSION = 1


class Place(NamedTuple):
    """Where a match stands: results are in rising order of places."""

    group: int  # copies of the query picture come before everything else
    negative_score: float
    key: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last match shown, and how many were shown up to it."""

    fingerprint: bytes  # 12 bytes
    place: Place
    shown: int

    def to_text(self) -> str:
        """URL-safe, without padding."""
        place = self.place
        packed = _LAYOUT.pack(
            _VERSION, self.fingerprint, place.group, place.negative_score, place.key, self.shown
        )
        return base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")

    @classmethod
    def from_text(cls, text: str, fingerprint: bytes) -> Self:
        """Reads `to_text`. Raises BadCursor when malformed or made for another query."""
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            packed = base64.b64decode(padded, altchars=b"-_", validate=True)
            version, of_query, group, negative_score, key, shown = _LAYOUT.unpack(packed)
        except (UnicodeEncodeError, binascii.Error, struct.error) as error:
            raise BadCursor("This is not a cursor; take next_cursor of the page before.") from error
        if version != _VERSION or negative_score != negative_score:
            raise BadCursor("This is not a cursor; take next_cursor of the page before.")
        if of_query != fingerprint:
            raise BadCursor(
                "The cursor belongs to another query; repeat the query it came from, word for word."
            )
        return cls(of_query, Place(group, negative_score, key), shown)


def fingerprint(model_id: str, terms: Sequence[Term], filters: Filters) -> bytes:
    """12 bytes that tell one query from another; the page size is not part of a query."""
    digest = hashlib.sha256(model_id.encode())
    for term in terms:
        image = hashlib.sha256(term.image_value).digest() if term.image_value is not None else None
        parts = (
            term.text_value,
            image,
            term.url_value,
            term.asset_value,
            term.colour_value,
            term.weight,
            term.phrases,
        )
        digest.update(repr(parts).encode())
    digest.update(repr(astuple(filters)).encode())
    return digest.digest()[:12]
