"""What each page shows: one dataclass a page, and the parts that pages share.

A template reads these values and nothing else, so this module is the list of everything that
can appear on a page. Addresses are complete; texts are for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lookalike.dashboard.work import Work

if TYPE_CHECKING:
    from lookalike.dashboard.model_contexts import ModelSection


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
class BandSection:
    """The matches of one band in this chunk, under a divider when the band begins here."""

    band: str
    title: str  # '' when the band began in an earlier chunk
    count: str
    hint: str
    cards: Sequence[Card]


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
    groups_url: str  # these results, in groups
    coverage: CoverageLine | None
    took: str
    reading: Reading | None = None
    empty: EmptyState | None = None
    is_image_search: bool = False
    region_image_url: str = ""  # the query image, to draw a region on
    region_search_url: str = ""  # the query with `BOX` where the region goes


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
class Fact:
    """One line about an asset."""

    label: str
    value: str
    url: str = ""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class ErrorPage:
    """Why a page cannot be shown, and what to do."""

    frame: Frame
    status: int
    title: str
    message: str
    links: Sequence[Link] = ()
    may_request: bool = False  # whether asking for visual search is offered


@dataclass(frozen=True, kw_only=True, slots=True)
class SignInPage:
    """Name and password."""

    frame: Frame
    error: str
    name: str
    back: str
    has_users: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupPage:
    """The first administrator, by the one-time link."""

    frame: Frame
    error: str
    name: str
    token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrashPage:
    """What can be restored, or forgotten for good."""

    frame: Frame
    cards: Sequence[Card]
    total: str
    next_url: str
    empty: EmptyState | None = None
