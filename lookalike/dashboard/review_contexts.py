"""What the pages about duplicates show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Choice, EmptyState, Frame, Link


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyCard:
    """One picture of a group."""

    id: str
    name: str
    folder: str
    thumbnail_url: str
    width_px: int
    height_px: int
    shape: str
    facts: str  # '480 × 320 · JPEG · 84 KB'
    relation: str  # 'Original', 'Resized'
    confidence: str  # '93 %', '' for the original
    is_original: bool
    is_linked: bool
    url: str  # of its page
    compare_url: str  # with the original; of the original, with the first copy


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCard:
    """A group that waits for a decision."""

    key: str  # id of its original
    copies: Sequence[CopyCard]
    count: str  # '3 pictures'
    gain: str  # '84 KB to gain'
    reason: str  # why the original is taken for it
    note: str
    is_linked: bool  # whether some of it lies in linked folders


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestionLine:
    """The confidence that fits what was decided."""

    text: str
    url: str
    label: str
    is_applied: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalLine:
    """One decision."""

    id: int
    what: str
    who: str
    when: str
    undone: str  # when, '' when it holds
    plan: Link | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPage:
    """Groups of duplicates, those with the most bytes to gain first."""

    frame: Frame
    total: str
    summary: str
    groups: Sequence[GroupCard]
    next_url: str
    relations: Sequence[Choice]
    confidences: Sequence[Choice]
    chosen_relations: Sequence[str]
    min_confidence: str  # '' for any
    clear_url: str  # '' without filters
    suggestion: SuggestionLine | None
    waiting: str  # '' when all is sorted
    folders: Sequence[str]  # that a rule may keep
    has_linked: bool
    is_merging: bool  # whether a kept picture takes over tags and texts, as they last chose
    empty: EmptyState | None = None
    last: JournalLine | None = None  # what was decided last, where nothing is left to decide


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewFragment:
    """Some groups, after a decision about them."""

    frame: Frame
    groups: Sequence[GroupCard]
    total: str  # of all that pass the filter of the page


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One line of the table of what differs."""

    label: str
    one: str
    other: str
    is_same: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonPage:
    """Two pictures side by side, over each other, and what differs between them."""

    frame: Frame
    one: CopyCard
    other: CopyCard
    relation: str  # 'Resized, 93 % sure'
    one_url: str  # pictures of one size, in which the same lies at the same spot
    other_url: str
    is_preview: bool  # whether those are small versions
    width_px: int
    height_px: int
    lines: Sequence[Difference]
    is_merging: bool  # as on the page of groups


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLine:
    """What a rule does to one group."""

    kept: CopyCard
    trashed: Sequence[CopyCard]
    gain: str
    merged: Sequence[str]  # 'Tags: sea, sun'


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanPage:
    """A dry run, and how it went when it was carried out."""

    frame: Frame
    id: int
    rule: str  # 'Keep the largest picture of each group'
    summary: str
    savings: Sequence[str]
    lines: Sequence[PlanLine]
    next_url: str
    applied: str  # when; '' for a dry run
    job: int  # that works on it, 0 for none
    done: int
    undo: str  # what undoing would do; '' when there is nothing to undo
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalPage:
    """What was decided, newest first."""

    frame: Frame
    lines: Sequence[JournalLine]
    next_url: str
    empty: EmptyState | None = None
