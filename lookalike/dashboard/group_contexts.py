"""What the pages of groups and the map show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Card, EmptyState, Frame, Link


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupCard:
    """A group of pictures that look alike."""

    label: str
    count: str
    url: str
    thumbnails: Sequence[str]  # addresses, the cover first


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupsPage:
    """The groups of the library, or of the results of a search."""

    frame: Frame
    title: str
    summary: str
    groups: Sequence[GroupCard]
    back: Link | None  # to the results
    views: Sequence[Link]  # as groups, and as a map
    empty: EmptyState | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MapRegion:
    """A group on the map."""

    id: int
    label: str
    count: str
    url: str
    x: str
    y: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MapPage:
    """The map of the library."""

    frame: Frame
    total: str
    regions: Sequence[MapRegion]  # the largest first
    matches_url: str  # what is highlighted, '' for nothing
    query: str
    back: Link | None  # to the results
    views: Sequence[Link]  # as groups, and as a map
    empty: EmptyState | None


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupPage:
    """One group, and the groups inside it."""

    frame: Frame
    id: int | None  # None for one found ad hoc
    title: str
    total: str
    crumbs: Sequence[Link]
    inside: Sequence[GroupCard]
    cards: Sequence[Card]
    next_url: str
    ids: Sequence[str]  # of all its pictures
    query: str  # a search by its middle
