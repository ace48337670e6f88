"""Long texts in parts that a model can take in.

Models read a few dozen words and cut off the rest. A text of several sentences, or of one that is
too long, is read in parts whose vectors are averaged: nothing is lost, and each part has its say.
"""

from __future__ import annotations

import re

MAX_WORDS = 40  # most models take 64 tokens or more; a word is one and a half
MIN_WORDS = 3  # of a sentence that stands for itself
MAX_PARTS = 16  # what comes after is not read

_BLANKS = re.compile(r"[^\S\n]+")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s*\n\s*")
_CLAUSE_END = re.compile(r"(?<=[,:])\s+|\s+(?=(?:and|but|while|with|where|who|which)\s)")


def split(text: str) -> list[str]:
    """The parts of `text` to embed one by one; mostly just one."""
    text = _BLANKS.sub(" ", text.strip())  # a long run of them would take the others long
    if len(text) < 2 * MAX_WORDS and not _SENTENCE_END.search(text):
        return [text]
    sentences = _join_short(_SENTENCE_END.split(text), MIN_WORDS)
    parts = [part for sentence in sentences for part in _cut(sentence)]
    return parts[:MAX_PARTS] or [text]


def _join_short(pieces: list[str], least: int) -> list[str]:
    """Pieces of fewer than `least` words join the one before: "Dr. No" is no two sentences."""
    joined: list[str] = []
    for piece in filter(None, pieces):
        if joined and min(_count(piece), _count(joined[-1])) < least:
            joined[-1] += f" {piece}"
        else:
            joined.append(piece)
    return joined


def _cut(sentence: str) -> list[str]:
    """At its clauses, into parts of at most MAX_WORDS; a clause that is longer, evenly."""
    if _count(sentence) <= MAX_WORDS:
        return [sentence]
    parts = [""]
    for clause in _CLAUSE_END.split(sentence):
        if _count(parts[-1]) + _count(clause) > MAX_WORDS and parts[-1]:
            parts.append("")
        parts[-1] = f"{parts[-1]} {clause}".strip()
    return [piece for part in parts for piece in _cut_evenly(part)]


def _cut_evenly(text: str) -> list[str]:
    words = text.split()
    pieces = -(-len(words) // MAX_WORDS)
    size = -(-len(words) // pieces) if pieces else 1
    return [" ".join(words[start : start + size]) for start in range(0, len(words), size)]


def _count(text: str) -> int:
    return len(text.split())
