"""Searches over HTTP, as they are remembered for the comparison of models."""

from __future__ import annotations

from starlette.background import BackgroundTask

from lookalike.api.queries import Values, text, texts
from lookalike.dashboard.address import MAX_TERMS, Address, AddressTerm
from lookalike.dashboard.model_views import remember
from lookalike.errors import LookalikeError
from lookalike.library import Library
from lookalike.types import MINUS_WEIGHT, Term


def remembering(library: Library, values: Values, terms: list[Term]) -> BackgroundTask | None:
    """What remembers a search once it is answered: nobody waits for the disk. None when it cannot
    be asked again, because it is by an image or an address from outside, or is no first page, and
    when another was remembered just now: a task of its own costs more than the question."""
    if library.spares_searches():
        return None
    is_first = text(values, "cursor") is None
    if not is_first or any(term.image_value or term.url_value for term in terms):
        return None
    try:
        address = _to_address(values, terms)
    except LookalikeError:
        return None
    return BackgroundTask(remember, library, address, sparingly=True)


def _to_address(values: Values, terms: list[Term]) -> Address:
    """The search as the pages write it, without its filters. Raises QueryError."""
    words = texts(values, "text")
    read = [AddressTerm("text", value) for value in words[1:]]
    read += [AddressTerm("text", value, MINUS_WEIGHT) for value in texts(values, "minus_text")]
    read += [
        AddressTerm("like", term.asset_value, term.weight) for term in terms if term.asset_value
    ]
    read += [
        AddressTerm.from_text(f"{term.weight:g}*colour:{term.colour_value}")
        for term in terms
        if term.colour_value
    ]
    return Address(
        words=words[0][:500] if words else "",
        is_literal=text(values, "literal") == "1",
        terms=tuple(read[:MAX_TERMS]),
    )
