"""Values about reviewing duplicates: groups as they are shown, what people decide, and plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lookalike.types import Asset, DuplicateGroup, Relation

Pairing = tuple[str, str]  # content hashes


class Verdict(StrEnum):
    """What a person says about pictures that look like copies."""

    TRASH = "trash"  # one is kept, the others go to the trash
    KEEP_ALL = "keep_all"  # they are copies, and all stay
    NOT_DUPLICATES = "not_duplicates"


class Keeping(StrEnum):
    """Which picture of each group a rule keeps."""

    ORIGINAL = "original"  # the likely original
    LARGEST = "largest"  # the most pixels, then the largest file
    OLDEST = "oldest"  # taken first, else changed first
    FOLDER = "folder"  # the one in a folder; groups with none there are left alone


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewFilter:
    """Which copies count; a group is shown when one of its copies does."""

    relations: frozenset[Relation] = frozenset()  # empty: any
    min_confidence: float = 0.0

    def takes(self, relation: Relation, confidence: float) -> bool:
        """Whether a copy counts."""
        is_named = not self.relations or relation in self.relations
        return is_named and confidence >= self.min_confidence


@dataclass(frozen=True, slots=True)
class ReviewPlace:
    """Where a list of groups goes on."""

    gain_bytes: int
    id: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewGroup:
    """A group as it waits for a decision."""

    id: int  # changes when the group does
    group: DuplicateGroup
    gain_bytes: int  # of all but the original


@dataclass(frozen=True, kw_only=True, slots=True)
class Review:
    """One page of groups, those with the most bytes to gain first."""

    groups: tuple[ReviewGroup, ...]
    next_cursor: str | None
    total: int  # groups that pass the filter
    copies: int  # pictures in them that pass the filter
    gain_bytes: int  # of those copies
    waiting: int  # contents that are not sorted into groups yet


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What the kept picture takes over from the others."""

    tags: tuple[str, ...] = ()  # added
    description: str | None = None  # the whole text then; None: as it is
    metadata: Mapping[str, object] = field(default_factory=dict)  # added
    left_out: tuple[str, ...] = ()  # custom metadata for which the kept one has another value

    def is_empty(self) -> bool:
        """Whether nothing is taken over."""
        return not (self.tags or self.metadata or self.description is not None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a rule does to one group."""

    kept: Asset
    trashed: tuple[Asset, ...]
    merge: Merge

    @property
    def size_bytes(self) -> int:
        """Of what goes to the trash."""
        return sum(asset.size_bytes for asset in self.trashed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """How many groups are decided at once."""

    keep: Keeping
    folder: str = ""  # for Keeping.FOLDER: this one and all below
    merge: bool = False  # tags, descriptions and custom metadata into the kept picture
    only: ReviewFilter = field(default_factory=ReviewFilter)
    groups: tuple[str, ...] = ()  # ids of one asset of each chosen group; empty: all


@dataclass(frozen=True, kw_only=True, slots=True)
class Savings:
    """What a plan saves, and where."""

    size_bytes: int  # of all that goes to the trash
    freed_bytes: int  # on disk, once the trash is emptied
    linked_bytes: int  # in linked files, which stay on disk as they are


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A dry run: everything that a rule would change."""

    id: int
    at: datetime
    who: str
    rule: Rule
    groups: int
    trashed: int  # pictures
    savings: Savings
    passed_by: int  # groups that the rule does not fit
    applied_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One decision in the journal."""

    id: int
    at: datetime
    who: str
    verdict: Verdict
    detail: str  # for a person
    kept_id: str | None  # asset that stays, for `trash`
    trashed: int  # pictures that it put in the trash
    plan: int | None  # the plan that it was a part of
    undone_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UndoExtent:
    """What undoing the decisions of a rule would do."""

    decisions: int  # that hold
    lost: int  # of them that cannot be undone, since the trash was emptied
    pictures: int  # that come back from the trash


@dataclass(frozen=True, slots=True)
class References:
    """What leads to an asset, as far as the library knows."""

    copies: int  # in or gone from the trash, whose links lead to it
    searches: tuple[str, ...]  # names of the saved searches that search by it


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said about one pair that Lookalike had called a copy."""

    confidence: float
    is_copy: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """The confidence that fits what was decided, and how far it can be trusted."""

    min_confidence: float
    judged: int  # pairs that somebody decided about
    above: int  # of them at or above the threshold
    right: int  # of those, copies
    precision: float  # right / above
    low: float  # 95 % Wilson interval of the precision
    high: float
