"""What the settings show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import CoverageLine, Fact, Frame
from lookalike.dashboard.model_contexts import ModelSection
from lookalike.dashboard.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Meter:
    """A part of a whole, as the coverage bar draws it."""

    label: str
    count: str
    tone: str
    share: int  # percent, rounded up, at least 1 when there is any


@dataclass(frozen=True, kw_only=True, slots=True)
class SkippedGroup:
    """Assets that are not searchable for one reason."""

    reason: str
    count: str
    advice: str
    examples: Sequence[Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderLine:
    """A linked folder."""

    name: str
    path: str
    state: str  # how changes in it are noticed
    may_watch: bool  # whether a switch for that makes sense
    is_watched: bool
    watch_json: str  # what the switch sends


@dataclass(frozen=True, kw_only=True, slots=True)
class UserLine:
    """Somebody who may sign in."""

    name: str
    role: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyLine:
    """A key that works."""

    id: str
    name: str
    start: str  # its first letters
    role: str
    used: str  # when last, '' for never


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that a person did."""

    who: str
    what: str
    detail: str
    when: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsPage:
    """Linked folders, coverage, model and switches; people and keys for administrators."""

    frame: Frame
    folders: Sequence[FolderLine]
    work: Work
    meters: Sequence[Meter]
    coverage: CoverageLine
    skipped: Sequence[SkippedGroup]
    facts: Sequence[Fact]
    visual_search: bool
    is_off_by_settings: bool  # then no switch on the page helps
    requests: Sequence[str]  # who asked for visual search
    roles: Sequence[str]
    users: Sequence[UserLine]
    keys: Sequence[KeyLine]
    events: Sequence[Event]
    model: ModelSection
