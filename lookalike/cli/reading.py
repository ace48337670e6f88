"""How words were understood, for a person at a terminal."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from lookalike.types import Suggestion, SuggestionKind, Term

_OPTIONS = {
    SuggestionKind.TAG: ("with the tag", "--tag"),
    SuggestionKind.FOLDER: ("in the folder", "--folder"),
    SuggestionKind.NAME: ("the file", "--name"),
}


_PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif", ".svg"}


def show_reading(
    words: Sequence[str], terms: Sequence[Term], suggestions: Sequence[Suggestion]
) -> None:
    """On stderr, where there is something to say: what counts against, and what else may be
    meant. `words`: as they were typed."""
    from lookalike.terminal import printable

    lines = [*_other_queries(words)]
    lines += [_describe(terms)] if any(term.weight < 0 for term in terms) else []
    lines += [_offer(found) for found in suggestions]
    for line in lines:
        print(printable(line), file=sys.stderr)


def _other_queries(words: Sequence[str]) -> Iterator[str]:
    """Words that may be meant as a picture."""
    for word in words:
        path = Path(word)
        if word.lower().startswith(("http://", "https://")):
            yield f"read as words; to search by the picture there: --url {shlex.quote(word)}"
        elif path.suffix.lower() in _PICTURES:
            if path.is_file():
                yield f"read as words; to search by this picture: --image {shlex.quote(word)}"
            elif len(path.parts) > 1:
                yield f"read as words; there is no file {word}"


def _describe(terms: Sequence[Term]) -> str:
    wanted = [term.text_value or "" for term in terms if term.weight > 0]
    unwanted = [f"less of “{term.text_value}”" for term in terms if term.weight < 0]
    return f"read as: {', '.join(wanted + unwanted)} (--literal takes the words as they stand)"


def _offer(found: Suggestion) -> str:
    if found.kind is SuggestionKind.SPELLING:
        return f"did you mean: {found.value}"
    what, option = _OPTIONS[found.kind]
    count = f"{found.count:,}{'+' if found.count >= 1000 else ''}"
    return f"only {what} “{found.value}” ({count}): {option} {shlex.quote(found.value)}"
