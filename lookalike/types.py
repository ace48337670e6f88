"""The values that travel between modules: frozen, plain, and free of any I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar


class State(StrEnum):
    """Where an asset is in its life."""

    PENDING = "pending"  # known, not yet looked at
    INDEXED = "indexed"  # has a vector and is searchable
    SKIPPED = "skipped"  # will not be in visual results; `skip_reason` says why
    MISSING = "missing"  # its file vanished; comes back when the file does
    TRASHED = "trashed"  # a person put it in the trash


class Source(StrEnum):
    """Where an asset's bytes are."""

    LINKED = "linked"  # a file in a folder of the user's, indexed in place, never changed
    UPLOAD = "upload"  # in the library's own blob store


class Band(StrEnum):
    """How well a match fits, measured against what the query finds in unrelated pictures."""

    STRONG = "strong"
    LIKELY = "likely"
    WEAK = "weak"


class Relation(StrEnum):
    """What a match is to the query picture, when that is known for certain."""

    SELF = "self"  # the very asset that was asked about
    IDENTICAL = "identical"  # same bytes
    SAME_PIXELS = "same_pixels"  # other container or metadata
    RE_ENCODED = "re_encoded"  # same size, compressed again
    RESIZED = "resized"  # same picture at another size
    MIRRORED = "mirrored"  # left and right swapped, perhaps turned as well
    ROTATED = "rotated"  # by 90, 180 or 270 degrees
    RECOLOURED = "recoloured"  # other brightness or contrast, or grey
    PADDED = "padded"  # one has a border around it
    CROPPED = "cropped"  # one is a part of the other, or both are of one picture
    OVERLAID = "overlaid"  # one has text or a logo on it
    SAME_SCENE = "same_scene"  # another shot, or another thing photographed alike
    SIMILAR = "similar"  # alike to the model, no more


class Naming(StrEnum):
    """Where a phrase in quotes stands."""

    NAME = "name"  # of the file
    TAG = "tag"
    DESCRIPTION = "description"


# From here on a relation says "another picture"; before, "the same picture".
OTHER_PICTURES = frozenset({Relation.SAME_SCENE, Relation.SIMILAR})


@dataclass(frozen=True, kw_only=True, slots=True)
class Fitting:
    """How a picture is brought to the square that a model takes."""

    RESAMPLES: ClassVar[tuple[str, ...]] = ("bicubic", "bilinear", "lanczos")

    crop: bool = False  # shortest side to the square's, then its middle; else both sides squashed
    resample: str = "bicubic"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """One picture of a library."""

    key: int  # the store's own number of it, never used again after deletion
    id: str  # ULID: sortable by creation, safe in a URL
    name: str  # file name, with extension
    folder: str  # '/'-separated path of its folder; '' is the top
    path: str | None  # absolute path on disk of a linked asset
    source: Source
    state: State
    skip_reason: str | None = None  # an error code, when state is `skipped`
    skip_detail: str | None = None  # one line for a person
    mime: str | None = None  # by content, e.g. 'image/jpeg'; None until looked at
    size_bytes: int  # size of the file
    mtime_ns: int | None = None  # modification time of a linked file
    width_px: int | None = None  # as shown, after EXIF orientation
    height_px: int | None = None
    sha256: str | None = None  # hex, of the file
    phash64: bytes | None = None  # 8 bytes
    phash256: bytes | None = None  # 32 bytes
    created_at: datetime  # UTC, when Lookalike first saw it
    updated_at: datetime  # UTC, when its record last changed
    taken_at: datetime | None = None  # EXIF time without zone, taken as UTC
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)
    description: str = ""


# Enough to push what is unwanted down without turning the search into its opposite.
MINUS_WEIGHT = -0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """One part of a query: exactly one of text, image, url, asset, colour; `weight` may be
    negative."""

    text_value: str | None = None
    phrases: tuple[str, ...] = ()  # pictures with these in name, tags or description come first
    image_value: bytes | None = None
    url_value: str | None = None
    asset_value: str | None = None  # asset id, or path of a linked asset
    colour_value: str | None = None  # '#rrggbb', or a basic name such as 'red'
    weight: float = 1.0

    @classmethod
    def text(cls, text: str, *, weight: float = 1.0, phrases: tuple[str, ...] = ()) -> Term:
        """Words that describe the picture, taken literally."""
        return cls(text_value=text, weight=weight, phrases=phrases)

    @classmethod
    def image(cls, data: bytes, *, weight: float = 1.0) -> Term:
        """The bytes of an image file."""
        return cls(image_value=data, weight=weight)

    @classmethod
    def url(cls, url: str, *, weight: float = 1.0) -> Term:
        """The http(s) address of an image."""
        return cls(url_value=url, weight=weight)

    @classmethod
    def like(cls, asset: str, *, weight: float = 1.0) -> Term:
        """A picture already in the library, by asset id or path."""
        return cls(asset_value=asset, weight=weight)

    @classmethod
    def colour(cls, colour: str, *, weight: float = 1.0) -> Term:
        """A colour: '#rrggbb', or one of the eleven basic names."""
        return cls(colour_value=colour, weight=weight)


@dataclass(frozen=True, kw_only=True, slots=True)
class Filters:
    """What an asset must be to count; every condition that is given must hold."""

    folder: str | None = None  # this folder and all below; the name of a folder, or a path
    types: tuple[str, ...] = ()  # of jpeg, png, webp, gif, avif, svg
    tags: tuple[str, ...] = ()  # all of them
    after: datetime | None = None  # taken (else modified) at or after
    before: datetime | None = None  # taken (else modified) before
    min_width: int | None = None  # px
    max_width: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    min_bytes: int | None = None
    max_bytes: int | None = None
    orientation: str | None = None  # landscape, portrait, square
    name_contains: str | None = None  # case-insensitive
    colour: str | None = None  # '#rrggbb' or a basic name; what has too little of it fails
    colour_within: float | None = None  # how far from '#rrggbb', CIEDE2000; None: 18

    def is_empty(self) -> bool:
        """Whether every asset passes."""
        return self == Filters()


@dataclass(frozen=True, kw_only=True, slots=True)
class Swatch:
    """One colour of a picture."""

    colour: str  # '#rrggbb'
    share: float  # of the picture, 0 to 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """One search result."""

    asset: Asset
    score: float  # cosine-like; higher is better
    band: Band
    relation: Relation | None = None  # to the query picture; of a variant: to its match
    variants: tuple[Match, ...] = ()  # near-copies that are stacked under it
    named: Naming | None = None  # where it has a phrase that was asked for in quotes


@dataclass(frozen=True, kw_only=True, slots=True)
class TermShare:
    """What one term of a query did for a picture."""

    term: Term
    score: float  # how well the picture fits the term alone; of a colour, how much of it has it
    contribution: float  # to how far the picture stands out; below 0 it counted against it
    share: float  # of all contributions whatever their sign, 0 to 1
    heat: tuple[tuple[float, ...], ...] = ()  # rows from the top, 0 to 1: where it is seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """Why a picture matched a query."""

    asset: Asset
    score: float
    standing: float | None  # spreads above unrelated pictures, the sum of all contributions
    named: Naming | None  # where it has a phrase that was asked for in quotes
    terms: tuple[TermShare, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """What two contents (files with other bytes) are to each other; `one` < `other`."""

    one: str  # sha256
    other: str
    relation: Relation
    confidence: float  # 0 to 1
    copy: str | None = None  # the one that was made from the other, where that shows


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A person's word that two contents are not duplicates; equal hashes mean: keep both files."""

    one: str  # sha256; `one` <= `other`
    other: str
    decided_at: datetime  # UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate:
    """One picture of a group of duplicates."""

    asset: Asset
    relation: Relation | None  # to the original; None for the original itself
    confidence: float  # of that relation; 1 for the original


@dataclass(frozen=True, kw_only=True, slots=True)
class DuplicateGroup:
    """Pictures of which every two are duplicates of each other."""

    duplicates: tuple[Duplicate, ...]  # the likely original first
    confidence: float  # the lowest of its members
    reason: str  # why the first is taken for the original
    note: str = ""  # why a group is as large as it is, for large ones

    @property
    def original(self) -> Asset:
        """The likely original."""
        return self.duplicates[0].asset


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicates:
    """The duplicates of a library, surest group first."""

    groups: tuple[DuplicateGroup, ...]
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarGroup:
    """Pictures that look alike."""

    id: int | None = None  # its number in the library's arrangement; None for one found ad hoc
    label: str  # a few words
    cover: Asset  # the picture nearest to the middle
    assets: tuple[Asset, ...]  # nearest to the middle first


@dataclass(frozen=True, kw_only=True, slots=True)
class SimilarGroups:
    """The library by likeness, largest group first."""

    groups: tuple[SimilarGroup, ...]
    single: int  # pictures that are in no group
    coverage: Coverage


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupBrief:
    """A group as an overview shows it."""

    id: int | None  # None for one found ad hoc
    label: str  # a few words
    size: int
    keys: tuple[int, ...]  # of its pictures, the cover first, then by nearness to its middle
    nearest: tuple[Asset, ...]  # the first few of them


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupOverview:
    """Pictures by likeness, the largest group first."""

    groups: tuple[GroupBrief, ...]
    single: int  # pictures that are in no group
    waiting: int = 0  # searchable, and not looked at yet
    arranged_at: datetime | None = None  # None before the first time, or ad hoc


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkEdit:
    """An edit of many assets at once."""

    id: int  # by which it can be taken back
    count: int  # assets that were named


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """What became of pictures that were to go to a folder."""

    folder: str
    moved: int  # uploads
    tag: str  # for those in linked folders, which stay where they are
    tagged: int
    edits: tuple[int, ...] = ()  # numbers by which it can be taken back


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrangeReport:
    """What arranging did."""

    pictures: int  # that were given a place
    groups: int  # in all
    anew: bool  # the whole library, or only what is new
    interrupted: bool
    took_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedSearch:
    """A search that a person keeps, under a name."""

    id: int
    name: str
    query: str  # as in the address of the results page, behind the question mark
    saved_by: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CompareReport:
    """What a comparison of new pictures did."""

    compared: int  # assets
    looked_at: int  # pairs that were proposed; most are told apart before pixels are aligned
    found: int  # pairs that are related
    copies: int  # those of them that show the same picture
    interrupted: bool
    took_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """How much of the library a search can see; `total` counts neither trash nor missing."""

    total: int
    indexed: int
    pending: int
    skipped: Mapping[str, int]  # reason -> count
    missing: int = 0
    trashed: int = 0
    renewing: int = 0  # of the pending: those that lack only a vector of a renewed model


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """The answer to a search: one page of matches, best first."""

    matches: tuple[Match, ...]
    coverage: Coverage
    took_ms: float
    next_cursor: str | None = None
    is_calibrated: bool = False  # the bands were measured for the model that was searched with
    # Where the time went: embed (terms to a vector), wait, filter, rank, relations, stack, read.
    stages_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a long piece of work has come."""

    stage: str  # 'scan', 'index'
    done: int
    total: int | None  # None while unknown
    rate_per_s: float
    remaining_s: float | None
    current: str = ""  # what is worked on now, for a person

    def __str__(self) -> str:
        """One line for a log or `print`."""
        of = f"/{self.total}" if self.total is not None else ""
        left = f", {self.remaining_s:.0f} s left" if self.remaining_s is not None else ""
        return (
            f"{self.stage}: {self.done}{of} ({self.rate_per_s:.0f}/s{left}) {self.current}".rstrip()
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexReport:
    """What an indexing run did. Counts are of files."""

    seen: int  # files with a name or content that may be a picture
    added: int
    updated: int
    moved: int
    restored: int  # were missing, are back
    unchanged: int
    missing: int  # vanished in this run
    indexed: int  # vectors computed in this run
    skipped: Mapping[str, int]  # reason -> count, of this run
    interrupted: bool  # Ctrl-C; run again to go on
    took_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What a library holds and what it takes on disk."""

    folder: str  # absolute path of the library
    coverage: Coverage
    model_id: str | None  # None until something is indexed
    generation: int  # number of the last change to the searchable set
    roots: tuple[str, ...]  # linked folders, sorted
    database_bytes: int
    index_bytes: int  # of the index cache
    thumbnails_bytes: int
    originals_bytes: int = 0  # of uploaded files
    renewal: Renewal | None = None  # of the model, when one is going on


class Sort(StrEnum):
    """What a list of assets is ordered by; ties are broken by age."""

    CREATED = "created"  # when Lookalike first saw it
    TAKEN = "taken"  # when it was taken, else when its file was changed
    NAME = "name"  # without difference of case
    SIZE = "size"  # of the file


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list of assets."""

    assets: tuple[Asset, ...]
    next_cursor: str | None
    total: int | None  # of the whole list; None when counting it would take long


@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder of the library, as it is shown; counts are of what is neither trashed nor gone."""

    path: str  # '/'-separated
    name: str  # its last part
    assets: int  # directly in it
    total: int  # in it and all below
    linked: bool  # shows a folder on disk: what is in it can be neither renamed nor moved


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What a few typed letters may mean."""

    assets: tuple[Asset, ...]
    folders: tuple[str, ...]  # paths
    tags: tuple[str, ...]


class ModelState(StrEnum):
    """Where a model is."""

    SHIPS = "ships"  # inside the package
    HERE = "here"  # on this machine
    TO_FETCH = "to_fetch"  # known by name
    BY_HAND = "by_hand"  # known by name, but nothing to fetch: its files must be brought
    BROKEN = "broken"  # on this machine, but not whole


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelFacts:
    """What is known of a model that this machine has, or could have."""

    name: str
    title: str
    about: str
    state: ModelState
    model_id: str | None  # of the files that are here; None when they are not
    dim: int
    size_bytes: int  # of all files, as far as known
    licence: str
    source: str  # where the files come from
    tuning: Tuning | None = None  # of this machine, once it was measured
    calibration: Calibration | None = None  # of its bands, if somebody measured them


class SuggestionKind(StrEnum):
    """How a search may be narrowed or put."""

    TAG = "tag"
    FOLDER = "folder"
    NAME = "name"  # of a file
    SPELLING = "spelling"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """Something that the words of a search may mean beside what they describe."""

    kind: SuggestionKind
    value: str  # as it is written there; for a spelling, all words with the correction
    count: int = 0  # searchable assets that it leaves, counted up to 1,000; 0 for a spelling


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedFolder:
    """A linked folder, and whether a server notices changes in it."""

    path: str
    is_on: bool
    problem: str = ""  # why it is only looked through now and then, '' when it is watched


class JobKind(StrEnum):
    """What a job does."""

    INDEX = "index"  # brings the library up to date with a linked folder
    REMOVE_FOLDER = "remove_folder"  # forgets a linked folder and its assets
    COMPARE = "compare"  # looks for duplicates among what is new, or with `again` among all
    RESOLVE = "resolve_duplicates"  # carries out a plan
    UNDO_PLAN = "undo_plan"  # takes back what a plan did
    ARRANGE = "arrange"  # finds groups and lays out the map, of what is new or with `anew` of all
    COLOURS = "colours"  # looks at the colours of pictures that were indexed before that was done
    FACTS = "facts"  # reads what files say of pictures that were indexed before that was done
    PREPARE_MODEL = "prepare_model"  # computes vectors of the next model beside those in use
    SWITCH_MODEL = "switch_model"  # makes the next model the one that is searched with
    DROP_MODEL = "drop_model"  # forgets the vectors of a model that is not in use


class JobState(StrEnum):
    """Where a job is in its life."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A long piece of work that survives a restart."""

    id: int
    kind: JobKind
    # Path of the linked folder, number of the plan, id of the model; of `compare`: '' or 'again'.
    argument: str
    state: JobState
    stage: str = ""  # as in Progress
    done: int = 0
    total: int | None = None
    message: str = ""  # how it ended, for a person
    asked_by: str = ""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    rate_per_s: float = 0.0  # of what `done` counts, when it was last told

    @property
    def remaining_s(self) -> float | None:
        """How long it will go on; None while unknown."""
        if self.total is None or self.rate_per_s <= 0:
            return None
        return max(0, self.total - self.done) / self.rate_per_s


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many spreads above the background's mean a match counts as strong or likely."""

    best: float  # for the best match of a query to be strong
    strong: float  # for any other
    likely: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Calibration:
    """The thresholds of a model's bands, as they were measured."""

    words: Thresholds
    pictures: Thresholds
    measured_on: str  # which pictures, for a person


@dataclass(frozen=True, kw_only=True, slots=True)
class Tuning:
    """What is quickest for a model on a machine, as it was measured there."""

    threads: int
    batch_size: int  # pictures at a time
    pictures_per_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelChange:
    """A change of models that is going on."""

    model_id: str  # of the next model
    name: str
    is_ready: bool  # all vectors that can be computed are there
    done: int  # pictures that have a vector of the next model
    total: int
    failed: int  # pictures that it could not read or compute
    job: Job | None  # that computes, or switches


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewal:
    """A new generation of the model that ships came, and its vectors are being computed."""

    model_id: str  # that is searched with, as far as its vectors are there
    former_id: str  # of before; pictures alone are searched with its vectors meanwhile
    done: int  # pictures that have a vector of the new one
    total: int
    job: Job | None  # that computes
    problem: str  # why it does not go on, '' when it does or was never begun


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelUse:
    """The models of a library."""

    model_id: str | None  # that is searched with; None until something is indexed
    change: ModelChange | None
    renewal: Renewal | None = None
    others: tuple[tuple[str, int], ...]  # models whose vectors are kept, and how many


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """Something that a person did."""

    id: int
    at: datetime
    who: str  # name of a user or key; '' for the machine's owner
    what: str  # 'upload', 'trash', ...
    detail: str  # for a person


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRequest:
    """Somebody wants visual search to be switched on."""

    who: str
    at: datetime


class Role(StrEnum):
    """What a caller may do; each may do all that those before it may."""

    VIEWER = "viewer"  # look, search, download
    EDITOR = "editor"  # upload, edit, trash
    ADMINISTRATOR = "administrator"  # people, keys, folders, settings, emptying the trash

    def covers(self, needed: Role) -> bool:
        """Whether it is enough where `needed` is asked for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person who may sign in."""

    id: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiKey:
    """What a program shows instead of signing in; the key itself is not kept."""

    id: str
    name: str
    role: Role
    key_start: str  # enough to recognise it by
    created_by: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
