"""What the results of a search, the panel and the form for images show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Card, CoverageLine, EmptyState, Frame, Link


@dataclass(frozen=True, kw_only=True, slots=True)
class BandSection:
    """The matches of one band in this chunk, under a divider when the band begins here."""

    band: str
    title: str  # '' when the band began in an earlier chunk
    count: str
    hint: str
    cards: Sequence[Card]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How the words of a query were understood, and what else they may mean."""

    wanted: Sequence[str]  # both empty when the words are taken as they stand
    unwanted: Sequence[str]
    turn_url: str  # the same words, read the other way; '' when both are the same
    spelling: Sequence[Link]
    offers: Sequence[Link]  # the same query, narrowed to a tag, a folder or a file


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchPage:
    """Results of a query, or the invitation to make one."""

    frame: Frame
    summary: str  # '12 strong, 30 likely'
    weak_link: Link | None
    stack_link: Link | None  # stacks near-copies, or lists them one by one
    sections: Sequence[BandSection]
    next_url: str  # the next chunk, '' at the end
    end_link: Link | None  # where the list ends: to what it leaves out
    groups_url: str  # these results, in groups
    coverage: CoverageLine | None
    took: str
    reading: Reading | None = None
    empty: EmptyState | None = None
    is_image_search: bool = False
    region_image_url: str = ""  # the query image, to draw a region on
    region_search_url: str = ""  # the query with `BOX` where the region goes


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelFragment:
    """What the panel under the search field shows while somebody types."""

    words: str
    search_url: str
    matches: Sequence[Card]
    names: Sequence[Card]
    folders: Sequence[Link]
    tags: Sequence[Link]
    message: str = ""  # in place of matches


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageSearchPage:
    """The form that searches by an image, for browsers without scripts."""

    frame: Frame
    error: str = ""
    url: str = ""
    upload_limit: str = ""
    fetch_limit: str = ""
