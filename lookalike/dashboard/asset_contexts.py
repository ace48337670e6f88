"""What the page of one picture shows, and why it matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Card, ColourChoice, Fact, Frame, Link


@dataclass(frozen=True, kw_only=True, slots=True)
class WhyTerm:
    """What one term of the search did."""

    label: str
    is_minus: bool
    is_against: bool  # it made the match worse
    percent: int
    effect: str
    has_map: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Why:
    """Why a picture is among the results of a search."""

    back_url: str
    standing: str
    named: str  # where a phrase in quotes stands, '' when there is none
    terms: Sequence[WhyTerm]
    heat_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatCell:
    """One square of a map."""

    x: int
    y: int
    shade: str  # opacity


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatMap:
    """Where in a picture a term is seen."""

    label: str
    where: str  # in words
    size: int  # cells in each direction, 0 when there is no map
    cells: Sequence[HeatCell]


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatFragment:
    """The maps of a search's terms, in their order."""

    maps: Sequence[HeatMap]


@dataclass(frozen=True, kw_only=True, slots=True)
class AssetPage:
    """One asset, all that is known about it, and what looks like it."""

    frame: Frame
    id: str
    name: str
    crumbs: Sequence[Link]
    preview_url: str  # '' when the browser cannot show the file
    thumbnail_url: str
    width_px: int
    height_px: int
    is_drawing: bool  # has no size of its own
    facts: Sequence[Fact]
    tags: Sequence[Link]
    colours: Sequence[ColourChoice]
    description: str
    metadata: Sequence[Fact]  # what people noted beside tags and description
    photo: Sequence[Fact]  # what the file says about it
    details: str  # what can be edited, as JSON for the scripts; '' for who may not
    problem: str  # why it is not searchable, '' when it is
    led_from: Link | None  # the copy in the trash whose address led here
    is_trashed: bool
    is_waiting: bool  # not indexed yet
    is_upload: bool  # its name, folder and file may change
    download_url: str
    similar_url: str  # '' when it cannot be searched by
    neighbours_url: str
    region_url: str  # a search by a region; BOX stands for x,y,w,h in thousandths
    why: Why | None  # when it was reached from a search


@dataclass(frozen=True, kw_only=True, slots=True)
class StripFragment:
    """The nearest look-alikes of an asset."""

    cards: Sequence[Card]
    message: str = ""
