"""How the words of a query were understood, and what else they may mean, as a page offers it."""

from __future__ import annotations

from dataclasses import replace

from lookalike.dashboard.address import Address
from lookalike.dashboard.contexts import Link, Reading
from lookalike.library import Library
from lookalike.types import Suggestion, SuggestionKind

MOST_COUNTED = 1000


def reading(library: Library, address: Address) -> Reading | None:
    """None when there is nothing to say about the words."""
    if not address.words:
        return None
    terms = library.read_words(address.words)
    is_signed = any(term.weight < 0 for term in terms)
    suggestions = library.suggest(address.words, filters=address.filters())
    spelling = [found for found in suggestions if found.kind is SuggestionKind.SPELLING]
    others = [found for found in suggestions if found.kind is not SuggestionKind.SPELLING]
    if not is_signed and not suggestions:
        return None
    is_read = is_signed and not address.is_literal
    turned = replace(address, is_literal=not address.is_literal, is_weak_shown=False)
    return Reading(
        wanted=[term.text_value or "" for term in terms if term.weight > 0] if is_read else [],
        unwanted=[term.text_value or "" for term in terms if term.weight < 0] if is_read else [],
        turn_url=turned.url() if is_signed else "",
        spelling=[Link(label=found.value, url=_respelt(address, found)) for found in spelling],
        offers=[_offer(address, found) for found in others],
    )


def _respelt(address: Address, found: Suggestion) -> str:
    return replace(address, words=found.value, is_weak_shown=False).url()


def _offer(address: Address, found: Suggestion) -> Link:
    """The same search, narrowed to what has this name."""
    count = f"{found.count:,}{'+' if found.count >= MOST_COUNTED else ''}"
    if found.kind is SuggestionKind.TAG:
        label, narrowed = "Only with the tag", replace(address, tags=(*address.tags, found.value))
    elif found.kind is SuggestionKind.FOLDER:
        label, narrowed = "Only in the folder", replace(address, folder=found.value)
    else:
        label, narrowed = "Only the file", replace(address, name=found.value)
    return Link(label=f"{label} “{found.value}”", url=narrowed.url(), count=count)
