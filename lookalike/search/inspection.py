"""Looks at pairs of pictures: all are screened by signatures, few are laid over each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from lookalike.images.crops import grid_of
from lookalike.search.relations import compare
from lookalike.search.samples import Samples, Signed
from lookalike.search.screening import Hint, Screened, screen
from lookalike.search.verdicts import Finding, tell_apart
from lookalike.types import Pair

Names = tuple[str, str]  # content hashes, the lower first
Item = tuple[Names, float]  # with what the model makes of them, 0 where that is not known

_SCREENED = 96  # pairs at a time: a chunk of a scan has some 300, and several threads share them


def look_at(
    scores: Mapping[Names, float], samples: Samples, threads: Executor, *, closely: bool
) -> list[Pair]:
    """Those of the pairs that are related. `closely`: both of each are the same picture as some
    third one. Pictures whose thumbnail is missing or damaged are passed over."""
    signed = samples.signed({name for names in scores for name in names}, threads)
    items = [item for item in scores.items() if signed.keys() >= {*item[0]}]
    hints: Iterable[Hint | None] = [None] * len(items)
    if not closely:
        # Pairs of the same shapes are screened together.
        items.sort(key=lambda item: (*(grid_of(*samples.size(n)) for n in item[0]), item[0]))
        hints = _screen(items, signed, samples, threads)

    def look(item: Item, hint: Hint | None) -> Pair | None:
        (one, other), score = item
        if hint is not None and not hint.starts:
            return _to_pair(one, other, tell_apart(hint.likeness, score))
        pictures = samples.sample(one), samples.sample(other)
        finding = compare(*pictures, score=score, have_relative=closely, hint=hint)
        return _to_pair(one, other, finding)

    return [pair for pair in threads.map(look, items, hints) if pair is not None]


def _screen(
    items: Sequence[Item], signed: Mapping[str, Signed], samples: Samples, threads: Executor
) -> list[Hint]:
    """Of each pair. Crops are looked for where the model sees a likeness."""

    def screen_part(start: int) -> list[Hint]:
        part = items[start : start + _SCREENED]
        ones, others = zip(*(names for names, _ in part), strict=True)
        pairs = Screened(
            ones=np.stack([signed[name].signature for name in ones]),
            others=np.stack([signed[name].signature for name in others]),
            one_sizes=[samples.size(name) for name in ones],
            other_sizes=[samples.size(name) for name in others],
        )
        shades = (
            np.stack([signed[name].shades for name in ones]),
            np.stack([signed[name].shades for name in others]),
        )
        return screen(pairs, shades, [score > 0 for _, score in part])

    parts = threads.map(screen_part, range(0, len(items), _SCREENED))
    return [hint for part in parts for hint in part]


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
