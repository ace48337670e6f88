"""What the words of a search may mean beside what they describe: tags, folders, files, typos."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from lookalike.search import sentence
from lookalike.stores.base import Store
from lookalike.types import Filters, Suggestion, SuggestionKind

if TYPE_CHECKING:
    from spellchecker import SpellChecker

MOST = 4
MAX_WORDS = 8  # of a text that is taken apart; a longer one describes, it does not name
MAX_RUN = 3
MIN_LETTERS = 4  # of a word whose spelling is doubted: most short words are one letter apart
MAX_UNKNOWN = 2  # a text with more is in another language

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_COMMON = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to"))
_ORDER = (SuggestionKind.TAG, SuggestionKind.FOLDER, SuggestionKind.NAME, SuggestionKind.SPELLING)


def suggest(words: str, store: Store, filters: Filters) -> list[Suggestion]:
    """At most MOST, the surest first; what `filters` have already is left out."""
    terms = sentence.read(words)
    said = [term.text_value for term in terms if term.text_value and term.weight > 0]
    texts = list(dict.fromkeys(run for text in said for run in _runs(text)))
    labels = [
        found
        for found in (store.find_labels(texts) if texts else ())
        if not _is_active(found, filters) and (_names_file(found, said) or not _is_name(found))
    ]
    known = {word.casefold() for found in labels for word in _WORD.findall(found.value)}
    spelling = correct(words, known)
    if spelling:
        labels.append(Suggestion(kind=SuggestionKind.SPELLING, value=spelling))
    return sorted(labels, key=lambda found: _ORDER.index(found.kind))[:MOST]


def correct(text: str, known: frozenset[str] | set[str] = frozenset()) -> str | None:
    """`text` with its likely typos corrected; None when there seem to be none. `known`: words
    that are right whatever the dictionary says, folded."""
    unknown = [
        word
        for word in _WORD.findall(text)
        if len(word) >= MIN_LETTERS and word.casefold() not in known and not _is_known(word)
    ]
    if not 1 <= len(unknown) <= MAX_UNKNOWN:
        return None
    corrected = text
    for word in unknown:
        better = _nearest(word.lower())
        if better is None:
            return None  # a name, or another language
        corrected = re.sub(rf"\b{re.escape(word)}\b", better, corrected)
    return corrected


def _runs(text: str) -> list[str]:
    """The whole text, then its parts of up to MAX_RUN words, the longer first."""
    words = [word.strip(",;:.!?\"'“”") for word in text.split()]
    runs = [text.strip()]
    if len(words) <= MAX_WORDS:
        for length in range(min(MAX_RUN, len(words)), 0, -1):
            runs += [
                " ".join(words[start : start + length]) for start in range(len(words) - length + 1)
            ]
    return [run for run in runs if len(run) > 1 and run.lower() not in _COMMON]


def _is_name(found: Suggestion) -> bool:
    return found.kind is SuggestionKind.NAME


def _names_file(found: Suggestion, said: Sequence[str]) -> bool:
    """A file is offered for its whole name, not for a word that happens to be one."""
    name = found.value.casefold()
    return any(
        text.casefold() in {name, name.rpartition(".")[0]} or name in text.casefold().split()
        for text in said
    )


def _is_active(found: Suggestion, filters: Filters) -> bool:
    return found.value in {*filters.tags, filters.folder, filters.name_contains}


def _is_known(word: str) -> bool:
    plain = word.lower().replace("’", "'")
    spelling = _spelling()
    return all(part in spelling for part in plain.split("-")) or plain.endswith("'s")


def _nearest(word: str) -> str | None:
    """The likeliest word one typo away: the commonest, and before all one with letters swapped. A
    plural is no typo, and the first letter is rarely wrong."""
    spelling = _spelling()

    def likelihood(other: str) -> float:
        swapped = 10.0 if sorted(other) == sorted(word) else 1.0
        return float(spelling.word_usage_frequency(other)) * swapped

    candidates = [
        other
        for other in sorted(spelling.known(spelling.edit_distance_1(word)))
        if other.isascii()
        and other.isalpha()
        and other.rstrip("s") != word.rstrip("s")
        and (other[0] == word[0] or sorted(other) == sorted(word))
    ]
    return max(candidates, key=likelihood, default=None)


@cache
def _spelling() -> SpellChecker:
    """English, like the words that the models know best. Takes a tenth of a second to load."""
    from spellchecker import SpellChecker

    return SpellChecker(language="en", distance=1)
