"""What a store keeps for those who review duplicates: groups, the journal, plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lookalike.decisions import (
    Change,
    Entry,
    Judgement,
    Merge,
    Pairing,
    Plan,
    ReviewFilter,
    ReviewGroup,
    ReviewPlace,
    Rule,
    Savings,
    UndoExtent,
    Verdict,
)
from lookalike.types import Asset, Decision, DuplicateGroup, Pair

# Pairs, the assets of each content, and contents of which all files stay -> groups.
Sorter = Callable[
    [Sequence[Pair], Mapping[str, Sequence[Asset]], Sequence[Decision]], list[DuplicateGroup]
]


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Of the groups with a copy that passes a filter."""

    groups: int
    copies: int  # that pass
    gain_bytes: int  # of those copies


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEntry:
    """A decision that is to be carried out and written down."""

    who: str
    verdict: Verdict
    detail: str
    kept: Asset | None = None
    trashed: tuple[Asset, ...] = ()
    pairs: Sequence[Pairing] = ()  # that are to be shown no more
    judged: Sequence[Pairing] = ()  # about which a person said whether they are copies
    merge: Merge | None = None
    plan: tuple[int, int] | None = None  # number of the plan, and place in it


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One group of a plan; assets by key, since they may be gone when it is carried out."""

    place: int
    kept_key: int
    trashed_keys: tuple[int, ...]
    merge: Merge
    outcome: str | None = None  # 'done', 'passed_by'; None: waits


class ReviewStore(Protocol):
    """Every method that writes is one transaction, as in `Store`."""

    # --- groups ---------------------------------------------------------------------------

    def regroup(self, sort: Sorter, limit: int) -> int:
        """Sorts at most `limit` contents that changed, and all that is related to them, into
        groups. Returns how many are left."""

    def list_groups(
        self, only: ReviewFilter, limit: int, after: ReviewPlace | None = None
    ) -> list[ReviewGroup]:
        """Groups with a copy that passes, those with the most bytes to gain first."""

    def groups_of(self, keys: Sequence[int]) -> list[ReviewGroup]:
        """The groups that these assets are in, in the same order."""

    def sum_groups(self, only: ReviewFilter) -> GroupSums:
        """How many groups `list_groups` has, and what is in them."""

    # --- the journal ----------------------------------------------------------------------

    def decide(self, new: NewEntry) -> Entry:
        """Carries a decision out and writes it down. Raises AssetNotFound when one of its assets
        is gone."""

    def undo(self, entry_id: int) -> Entry:
        """Takes back all that an entry did, but for what a person changed since. Raises
        EntryNotFound, and UndoImpossible when it was undone, or the trash emptied."""

    def get_entry(self, entry_id: int) -> Entry:
        """Raises EntryNotFound."""

    def list_entries(
        self,
        limit: int,
        before_id: int | None = None,
        *,
        plan: int | None = None,
        open_only: bool = False,
    ) -> list[Entry]:
        """Newest first; `plan`: only those of this plan; `open_only`: those not undone."""

    def successor(self, asset_id: str) -> str | None:
        """Id of the asset that was kept when this one was put in the trash as its copy; of one
        that came back since, None."""

    def count_led_here(self, asset_id: str) -> int:
        """How many copies have this asset as their successor."""

    def measure_undo(self, plan: int) -> UndoExtent:
        """What undoing all that holds of a plan would do."""

    def judgements(self) -> list[Judgement]:
        """What people said about pairs that were called copies, by confidence."""

    # --- plans ----------------------------------------------------------------------------

    def add_plan(
        self, who: str, rule: Rule, changes: Sequence[Change], savings: Savings, passed_by: int
    ) -> Plan:
        """Keeps a dry run; old ones that were not carried out are forgotten."""

    def get_plan(self, id: int) -> Plan:
        """Raises PlanNotFound."""

    def list_planned(self, id: int, first: int, limit: int) -> list[PlannedChange]:
        """Changes of a plan from place `first` on."""

    def waiting_changes(self, id: int, limit: int) -> list[PlannedChange]:
        """Changes of a plan that are neither done nor passed by."""

    def start_plan(self, id: int) -> bool:
        """Notes that a plan is carried out; False when it was before."""

    def pass_by(self, id: int, place: int) -> None:
        """Notes that a change of a plan did not fit any more."""

    def plan_outcomes(self, id: int) -> Mapping[str, int]:
        """'done', 'passed_by' and '' (waits) -> number of changes."""

    def freed_bytes(self, keys: Sequence[int]) -> int:
        """Bytes of uploads among these assets that no other asset outside of the trash has."""


PLANS_KEPT_S = 24 * 3600.0
