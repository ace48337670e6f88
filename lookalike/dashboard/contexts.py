"""What every page shows, and the parts that pages share.

Each page is a dataclass, in the `..._contexts.py` of its room. A template reads these values and
nothing else, so they are the list of everything that can appear on a page. Addresses are complete;
texts are for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A place to go; `is_current` when the page shows it already."""

    label: str
    url: str
    is_current: bool = False
    count: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chip:
    """One term of the query that is not in the search field."""

    label: str
    detail: str = ""  # where it comes from
    thumbnail_url: str = ""
    colour: str = ""  # '#rrggbb' of a term that is a colour
    is_minus: bool
    flip_url: str  # the same query with the other sign
    remove_url: str
    weights: Sequence[Link] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One option of a filter or of the sorting."""

    label: str
    value: str
    is_chosen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ColourChoice:
    """A colour to filter or to search by, drawn as a dot."""

    label: str
    value: str  # a basic name, or rrggbb
    colour: str  # '#rrggbb'
    is_chosen: bool = False
    url: str = ""  # a search by it
    share: str = ""  # of a picture, '12 %'


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterForm:
    """The fields that narrow a search, as they are filled in."""

    types: Sequence[Choice]
    orientations: Sequence[Choice]
    colours: Sequence[ColourChoice]  # the basic ones
    own_colour: ColourChoice  # any other; chosen when the query has one
    folder: str
    folders: Sequence[str]  # to choose from
    after: str
    before: str
    min_width: str
    min_height: str
    min_mb: str
    max_mb: str
    tags: Sequence[str]
    active: Sequence[Link]  # each active filter; its address is the query without it
    clear_url: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """The search bar, which is on every page."""

    words: str = ""
    chips: Sequence[Chip] = ()
    hidden: Sequence[tuple[str, str]] = ()  # what the form sends along: terms
    filters: FilterForm
    sorts: Sequence[Choice]


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What surrounds every page."""

    title: str
    section: str  # library, search, trash, settings
    path: str  # of this page, to come back to
    bar: Bar
    theme: str  # light, dark, or '' for the system's
    static: str  # address of the static files of this version
    version: str
    indexing: str = ""  # one line while something is done in the background
    user: str = ""  # who is signed in; '' for the owner of the machine
    is_inside: bool = False  # False on the pages for strangers
    may_edit: bool = False
    may_administer: bool = False
    csrf: str = ""  # what forms and scripts send along
    limits: Mapping[str, int] = field(default_factory=dict)  # bytes, for checks before an upload
    saved: Sequence[Link] = ()  # saved searches; `count` is the number of each


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One picture in a grid or list."""

    id: str
    name: str
    folder: str
    url: str
    thumbnail_url: str  # '' when there is none
    tint: str  # '#rrggbb' to be seen until the thumbnail is; '' while unknown
    shape: str  # CSS class of its proportions
    width_px: int
    height_px: int
    kind: str  # JPEG, PNG ...
    dimensions: str
    size: str
    date: str
    note: str = ""  # relation to the query, or why it is not searchable
    note_tone: str = ""  # relation, quiet
    is_waiting: bool = False  # not indexed yet
    similar_url: str = ""
    more_url: str = ""  # '' when it cannot be searched by
    less_url: str = ""
    why_url: str = ""  # its page, where it says why it matched
    variants: Sequence[Card] = ()  # near-copies that are stacked under it
    variants_label: str = ""
    is_variant: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageLine:
    """How much of the library an answer rests on."""

    text: str
    skipped: str  # '' when nothing was skipped
    pending: str


@dataclass(frozen=True, kw_only=True, slots=True)
class EmptyState:
    """What a page says when it has nothing to show, and what to do about it."""

    title: str
    text: str
    links: Sequence[Link] = ()
    is_first_run: bool = False  # the library has never held anything


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line about an asset."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorPage:
    """Why a page cannot be shown, and what to do."""

    frame: Frame
    status: int
    title: str
    message: str
    links: Sequence[Link] = ()
    may_request: bool = False  # whether asking for visual search is offered
