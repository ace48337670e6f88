"""Looks at pairs of pictures: all are screened by signatures, few are laid over each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

import numpy as np

from lookalike.images.crops import grid_of
from lookalike.images.signed import Signed
from lookalike.search.crew import Crew
from lookalike.search.relations import Sample, compare
from lookalike.search.samples import Samples
from lookalike.search.screening import Hint, Screened, screen
from lookalike.search.verdicts import Finding, tell_apart
from lookalike.types import Pair

Names = tuple[str, str]  # content hashes, the lower first
Item = tuple[Names, float]  # with what the model makes of them, 0 where that is not known

# Pairs at a time: a chunk of a scan has some 300, and several comparers share them.
_SCREENED = 48
_COMPARED = 8

T = TypeVar("T")


class Candidate(NamedTuple):
    """Two pictures to be laid over each other."""

    one: Sample
    other: Sample
    score: float
    closely: bool
    hint: Hint | None


def look_at(
    scores: Mapping[Names, float], samples: Samples, crew: Crew, *, closely: bool
) -> list[Pair]:
    """Those of the pairs that are related. `closely`: both of each are the same picture as some
    third one. Pictures whose thumbnail is missing or damaged are passed over."""
    signed = samples.signed({name for names in scores for name in names}, crew.readers)
    items = [item for item in scores.items() if signed.keys() >= {*item[0]}]
    hints: Sequence[Hint | None] = [None] * len(items)
    if not closely:
        # Pairs of the same shapes are screened together.
        items.sort(key=lambda item: (*(grid_of(*samples.size(n)) for n in item[0]), item[0]))
        hints = _screen(items, signed, samples, crew)
    told_apart = {
        names: tell_apart(hint.likeness, score)
        for (names, score), hint in zip(items, hints, strict=True)
        if hint is not None and not hint.starts
    }

    def fetch(given: tuple[Item, Hint | None]) -> Candidate:
        ((one, other), score), hint = given
        return Candidate(samples.decoded(one), samples.decoded(other), score, closely, hint)

    left = [given for given in zip(items, hints, strict=True) if given[0][0] not in told_apart]
    candidates = crew.readers.map(fetch, left)
    compared = crew.map(_compare, _batches(candidates, _COMPARED))
    findings = iter([finding for batch in compared for finding in batch])
    pairs = (
        _to_pair(*names, told_apart[names] if names in told_apart else next(findings))
        for names, _ in items
    )
    return [pair for pair in pairs if pair is not None]


def _screen(
    items: Sequence[Item], signed: Mapping[str, Signed], samples: Samples, crew: Crew
) -> list[Hint]:
    """Of each pair. Crops are looked for where the model sees a likeness."""

    def gather(part: Sequence[Item]) -> Screened:
        ones, others = zip(*(names for names, _ in part), strict=True)
        return Screened(
            ones=np.stack([signed[name].signature for name in ones]),
            others=np.stack([signed[name].signature for name in others]),
            one_sizes=[samples.size(name) for name in ones],
            other_sizes=[samples.size(name) for name in others],
            one_shades=np.stack([signed[name].shades for name in ones]),
            other_shades=np.stack([signed[name].shades for name in others]),
            crops_wanted=[score > 0 for _, score in part],
        )

    screened = crew.map(screen, map(gather, _batches(items, _SCREENED)))
    return [hint for part in screened for hint in part]


def _compare(candidates: Sequence[Candidate]) -> list[Finding | None]:
    return [
        compare(one, other, score=score, have_relative=closely, hint=hint)
        for one, other, score, closely, hint in candidates
    ]


def _batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def _to_pair(one: str, other: str, finding: Finding | None) -> Pair | None:
    if finding is None:
        return None
    return Pair(
        one=one,
        other=other,
        relation=finding.relation,
        confidence=finding.confidence,
        copy={0: None, 1: one, 2: other}[finding.copy],
    )
