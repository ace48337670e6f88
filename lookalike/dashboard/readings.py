"""How the words of a query were understood, and what else they may mean, as a page offers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lookalike.dashboard.address import Address
from lookalike.dashboard.contexts import Link
from lookalike.dashboard.search_contexts import Reading
from lookalike.library import Library
from lookalike.types import Folder, Suggestion, SuggestionKind

MOST_COUNTED = 1000
MOST_FOLDERS = 3  # of one name


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
        offers=[offer for found in others for offer in _offers(library, address, found)],
    )


def _respelt(address: Address, found: Suggestion) -> str:
    return replace(address, words=found.value, is_weak_shown=False).url()


def _offers(library: Library, address: Address, found: Suggestion) -> list[Link]:
    """The same search, narrowed to what has this name."""
    if found.kind is SuggestionKind.FOLDER:
        return _folder_offers(library.folders(), address, found)
    if found.kind is SuggestionKind.TAG:
        label, narrowed = "Only with the tag", replace(address, tags=(*address.tags, found.value))
    else:
        label, narrowed = "Only the file", replace(address, name=found.value)
    return [_link(f"{label} “{found.value}”", narrowed, found.count)]


def _folder_offers(folders: Sequence[Folder], address: Address, found: Suggestion) -> list[Link]:
    """Each folder with this name, the fullest first, but for those that the search is in."""
    named = [folder for folder in folders if folder.name == found.value and folder.total]
    named.sort(key=lambda folder: -folder.total)
    return [
        _link(
            f"Only in the folder “{folder.name if len(named) == 1 else folder.path}”",
            replace(address, folder=folder.path),
            found.count if len(named) == 1 else folder.total,
        )
        for folder in named[:MOST_FOLDERS]
        if not f"{address.folder}/".startswith(f"{folder.path}/")
    ]


def _link(label: str, address: Address, count: int) -> Link:
    more = "+" if count >= MOST_COUNTED else ""
    return Link(label=label, url=address.url(), count=f"{count:,}{more}")
