"""What the pages about models show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookalike.dashboard.contexts import Card, Choice, EmptyState, Fact, Frame


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeLine:
    """A change of models that is going on."""

    title: str  # of the next model
    text: str  # how far it is
    share: int  # percent
    is_ready: bool
    is_working: bool
    problem: str  # why it does not go on, '' when it does
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalLine:
    """A renewal of the model that is going on."""

    text: str  # how far it is
    share: int  # percent
    is_working: bool
    problem: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptLine:
    """Vectors of a model that is not in use."""

    name: str
    model_id: str
    count: str
    can_go_back: bool  # its files are here


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSection:
    """The model of the library, on the settings page."""

    title: str
    about: str
    model_id: str
    bands: str  # how far strong and likely can be relied on
    pace: str  # how quickly this machine computes with it, '' before it was measured
    renewal: RenewalLine | None
    change: ChangeLine | None
    choices: Sequence[Choice]  # models that are here and could be used
    to_fetch: Sequence[Fact]  # models that could be fetched
    kept: Sequence[KeptLine]
    remembers: bool  # whether searches are remembered
    is_working: bool  # the page is shown anew when that has ended


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """One search with both models."""

    label: str
    url: str
    now: Sequence[Card]
    coming: Sequence[Card]
    only_now: frozenset[str]  # ids of what only one of them shows
    only_coming: frozenset[str]
    text: str  # how many both show
    problem: str  # why there is nothing to see, '' when there is


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparePage:
    """The recent searches with the model in use and with the next one."""

    frame: Frame
    now: str  # titles
    coming: str
    is_ready: bool
    text: str  # how far the change is
    words: str  # a search of one's own
    contrasts: Sequence[Contrast]
    empty: EmptyState | None
