"""Which picture of a group a rule keeps, and what it takes over from the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lookalike.decisions import Change, Keeping, Merge, Rule
from lookalike.types import Asset, DuplicateGroup

MAX_LETTERS = 100_000  # of a merged description: as of one that a person writes


def plan_group(group: DuplicateGroup, rule: Rule) -> Change | None:
    """What the rule does to a group: of the original and the copies that count, all but one go.
    None when nothing is to be done."""
    first, *others = group.duplicates
    counted = [first.asset]
    counted += [
        copy.asset
        for copy in others
        if copy.relation is not None and rule.only.takes(copy.relation, copy.confidence)
    ]
    kept = choose(counted, rule)
    if kept is None or len(counted) < 2:
        return None
    trashed = tuple(asset for asset in counted if asset is not kept)
    return Change(kept=kept, trashed=trashed, merge=merge(kept, trashed) if rule.merge else Merge())


def choose(assets: Sequence[Asset], rule: Rule) -> Asset | None:
    """`assets`: the likely original first, which is kept where the rule sees no difference."""
    if rule.keep is Keeping.LARGEST:
        return max(assets, key=_extent)
    if rule.keep is Keeping.OLDEST:
        return min(assets, key=_age)
    if rule.keep is Keeping.FOLDER:
        return next((asset for asset in assets if _is_in(asset, rule.folder)), None)
    return assets[0]


def merge(kept: Asset, others: Sequence[Asset]) -> Merge:
    """Tags and custom metadata that the kept one lacks, and descriptions that say something new,
    each on a line of its own."""
    tags = dict.fromkeys(tag for other in others for tag in other.tags if tag not in kept.tags)
    metadata: dict[str, object] = {}
    left_out: dict[str, None] = {}
    for other in others:
        for name, value in other.metadata.items():
            if name in kept.metadata or name in metadata:
                if value != kept.metadata.get(name, metadata.get(name)):
                    left_out[name] = None
            else:
                metadata[name] = value
    description = kept.description
    for other in others:
        if other.description and other.description not in description:
            description = f"{description}\n{other.description}".lstrip("\n")
    is_new = description != kept.description and len(description) <= MAX_LETTERS
    return Merge(
        tags=tuple(tags),
        description=description if is_new else None,
        metadata=metadata,
        left_out=tuple(left_out),
    )


def _extent(asset: Asset) -> tuple[int, int]:
    return (asset.width_px or 0) * (asset.height_px or 0), asset.size_bytes


def _age(asset: Asset) -> datetime:
    if asset.taken_at is not None:
        return asset.taken_at
    if asset.mtime_ns is not None:
        return datetime.fromtimestamp(asset.mtime_ns / 1e9, UTC)
    return asset.created_at


def _is_in(asset: Asset, folder: str) -> bool:
    return not folder or f"{asset.folder}/".startswith(f"{folder}/")
