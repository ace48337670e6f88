"""What the pages of folders and the trash show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Card, Choice, EmptyState, Frame, Link


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderNode:
    """One folder of the tree."""

    name: str
    url: str
    count: str
    depth: int
    is_current: bool
    is_open: bool
    children: Sequence[FolderNode] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class LibraryPage:
    """The assets of a folder."""

    frame: Frame
    crumbs: Sequence[Link]
    tree: Sequence[FolderNode]
    subfolders: Sequence[Link]
    cards: Sequence[Card]
    total: str
    next_url: str
    sorts: Sequence[Choice]
    views: Sequence[Link]
    view: str  # grid or list
    filter_params: Sequence[tuple[str, str]]  # what another sorting must keep
    states: Sequence[Link]  # what is not searchable, by why; () when all is
    folder: str
    may_rename: bool  # whether the folder is one of uploads, made here
    download_url: str  # a zip of all that is shown; '' when that is nothing
    upload_folder: str  # where uploads go
    upload_note: str  # why that is not the folder shown, '' when it is
    empty: EmptyState | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CardsFragment:
    """Some assets, as they stand in a list that is long."""

    cards: Sequence[Card]
    view: str  # grid or list


@dataclass(frozen=True, kw_only=True, slots=True)
class TrashPage:
    """What can be restored, or forgotten for good."""

    frame: Frame
    cards: Sequence[Card]
    total: str
    next_url: str
    empty: EmptyState | None = None
