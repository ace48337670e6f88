"""Groups of duplicates, and which of each is the likely original.

Groups grow by complete link: two join only when every picture of one is a duplicate of every
picture of the other, so that two unrelated pictures never meet through a chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lookalike.types import (
    Asset,
    Decision,
    Duplicate,
    DuplicateGroup,
    Pair,
    Relation,
)

LARGE = 50  # a larger group says why it is one
_LOSSLESS = frozenset({"image/png", "image/svg+xml"})
_TURNED = frozenset({Relation.MIRRORED, Relation.ROTATED})
_IDENTICAL = (Relation.IDENTICAL, 1.0)

Names = tuple[str, str]


def group(
    pairs: Iterable[Pair], assets: Mapping[str, Sequence[Asset]], decisions: Iterable[Decision]
) -> list[DuplicateGroup]:
    """`assets`: by content hash; every content of `pairs` is there, and those that several files
    share. Surest group first, then the largest."""
    links = {(pair.one, pair.other): pair for pair in pairs}
    kept = {decision.one for decision in decisions if decision.one == decision.other}
    clusters = _clusters(links)
    clusters += [[name] for name in assets]  # what was in a cluster already is passed over
    taken: set[str] = set()
    groups = []
    for cluster in clusters:
        names = [name for name in cluster if name not in taken]
        taken.update(names)
        members = [
            (name, asset)
            for name in names
            for asset in (assets[name][:1] if name in kept else assets[name])
        ]
        if len(members) > 1:
            groups.append(_describe(members, links))
    return sorted(groups, key=lambda g: (-g.confidence, -len(g.duplicates), g.original.id))


def _clusters(links: Mapping[Names, Pair]) -> list[list[str]]:
    """Sets of contents of which every two are linked, the surest links first."""
    cluster_of: dict[str, list[str]] = {}
    for pair in sorted(links.values(), key=lambda p: (-p.confidence, p.one, p.other)):
        one = cluster_of.setdefault(pair.one, [pair.one])
        other = cluster_of.setdefault(pair.other, [pair.other])
        if one is other or not all(_key(a, b) in links for a in one for b in other):
            continue
        one += other
        for name in other:
            cluster_of[name] = one
    return list({id(cluster): cluster for cluster in cluster_of.values()}.values())


def _describe(members: Sequence[tuple[str, Asset]], links: Mapping[Names, Pair]) -> DuplicateGroup:
    names = {name for name, _ in members}
    made = {pair.copy for pair in _among(names, links) if pair.copy is not None}
    ranks = {asset.id: _rank(name, asset, names, made, links) for name, asset in members}
    ordered = sorted(members, key=lambda member: tuple(ranks[member[1].id].values()))
    first_name, original = ordered[0]
    duplicates = [Duplicate(asset=original, relation=None, confidence=1.0)]
    for name, asset in ordered[1:]:
        relation, confidence = _IDENTICAL
        if name != first_name:
            pair = links[_key(name, first_name)]
            relation, confidence = pair.relation, pair.confidence
        duplicates.append(Duplicate(asset=asset, relation=relation, confidence=confidence))
    duplicates[1:] = sorted(duplicates[1:], key=lambda d: -d.confidence)
    return DuplicateGroup(
        duplicates=tuple(duplicates),
        confidence=min(duplicate.confidence for duplicate in duplicates),
        reason=_reason(*(ranks[asset.id] for _, asset in ordered[:2])),
        note=_note(duplicates) if len(duplicates) > LARGE else "",
    )


def _among(names: set[str], links: Mapping[Names, Pair]) -> list[Pair]:
    ordered = sorted(names)
    return [
        links[(one, other)]
        for i, one in enumerate(ordered)
        for other in ordered[i + 1 :]
        if (one, other) in links
    ]


def _rank(
    name: str, asset: Asset, names: set[str], made: set[str], links: Mapping[Names, Pair]
) -> dict[str, Any]:
    """What speaks for an asset being the original, the strongest first; lower is better."""
    others = [links[_key(name, other)] for other in names if _key(name, other) in links]
    return {
        "others were made from it": name in made,
        "it has the most pixels": -(asset.width_px or 0) * (asset.height_px or 0),
        "it keeps its metadata": asset.taken_at is None,
        "most others are turned as it is": sum(pair.relation in _TURNED for pair in others),
        "its format loses nothing": asset.mime not in _LOSSLESS,
        "it is the larger file": -asset.size_bytes,
        "it is the oldest file": asset.mtime_ns or 0,
        "it came into the library first": asset.id,
    }


def _reason(best: Mapping[str, Any], second: Mapping[str, Any]) -> str:
    """The first thing that sets the original apart from the next best."""
    return next(what for what, value in best.items() if value != second[what])


def _note(duplicates: Sequence[Duplicate]) -> str:
    counts = Counter(d.relation.value.replace("_", " ") for d in duplicates if d.relation)
    named = ", ".join(f"{number} {what}" for what, number in counts.most_common())
    return f"{len(duplicates)} pictures, every two of them duplicates: {named}"


def _key(one: str, other: str) -> Names:
    return (min(one, other), max(one, other))
