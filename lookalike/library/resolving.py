"""Deciding about many groups by a rule: first a plan that names every change, then a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from lookalike.decisions import (
    Change,
    Keeping,
    Plan,
    ReviewGroup,
    ReviewPlace,
    Rule,
    Savings,
    UndoExtent,
    Verdict,
)
from lookalike.errors import (
    AssetNotFound,
    Conflict,
    EntryNotFound,
    InputError,
    PlanNotFound,
    UndoImpossible,
)
from lookalike.library.deciding import Deciding
from lookalike.library.names import clean_folder
from lookalike.library.reviewing import Reviewing
from lookalike.types import Job, JobKind, Progress, Source

if TYPE_CHECKING:
    from lookalike.stores.review import PlannedChange

_CHUNK = 200  # groups


class Resolving(Reviewing, Deciding):
    """The plans of `Library`."""

    def plan_duplicates(self, rule: Rule, *, by: str = "") -> Plan:
        """A dry run: works out and keeps all that the rule would do; nothing is changed. It can
        be carried out for a day. Raises AssetNotFound, BadName, InputError."""
        from lookalike.search import keeping

        rule = replace(rule, folder=clean_folder(rule.folder))
        if rule.keep is Keeping.FOLDER and not rule.folder:
            raise InputError("Name the folder whose pictures are to be kept.")
        self.sort_duplicates()
        changes, passed_by = [], 0
        for group in self._chosen(rule):
            change = keeping.plan_group(group.group, rule)
            if change is None:
                passed_by += 1
            else:
                changes.append(change)
        trashed = [asset for change in changes for asset in change.trashed]
        savings = Savings(
            size_bytes=sum(asset.size_bytes for asset in trashed),
            freed_bytes=self._store.freed_bytes([asset.key for asset in trashed]),
            linked_bytes=sum(a.size_bytes for a in trashed if a.source is Source.LINKED),
        )
        return self._store.add_plan(by, rule, changes, savings, passed_by)

    def plan(self, id: int) -> Plan:
        """Raises PlanNotFound."""
        if not 0 <= id < 2**63:
            raise PlanNotFound(f"There is no plan with the number {id}; make a new dry run.")
        return self._store.get_plan(id)

    def planned_changes(self, id: int, first: int = 0, limit: int = 100) -> list[Change]:
        """What a plan does, group by group, from place `first` on; what is gone since is left
        out. Raises PlanNotFound."""
        self.plan(id)
        planned = self._store.list_planned(id, first, limit)
        keys = [key for one in planned for key in (one.kept_key, *one.trashed_keys)]
        assets = {asset.key: asset for asset in self._store.get_assets(keys)}
        return [
            Change(
                kept=assets[one.kept_key],
                trashed=tuple(assets[key] for key in one.trashed_keys if key in assets),
                merge=one.merge,
            )
            for one in planned
            if one.kept_key in assets
        ]

    def apply_plan(self, id: int, *, by: str = "") -> Job:
        """Queues the job that carries a plan out, group by group. What does not fit any more by
        then is passed by. Raises PlanNotFound, and Conflict when it is done already."""
        plan = self.plan(id)
        if plan.applied_at is not None and not self._store.waiting_changes(id, 1):
            raise Conflict("This plan was carried out already; make a new dry run.")
        job = self._store.add_job(JobKind.RESOLVE, str(id), by)
        if self._store.start_plan(id):
            self.note("resolve", _extent(plan), by=by)
        self._wake()
        return job

    def undo_plan(self, id: int, *, by: str = "") -> Job:
        """Queues the job that takes back all that a plan did. Raises PlanNotFound."""
        plan = self.plan(id)
        job = self._store.add_job(JobKind.UNDO_PLAN, str(id), by)
        self.note("undo", _extent(plan), by=by)
        self._wake()
        return job

    def last_rule(self) -> Plan:
        """The newest one of which something holds. Raises EntryNotFound."""
        before = None
        while entries := self._store.list_entries(_CHUNK, before, open_only=True):
            for entry in entries:
                if entry.plan is not None:
                    return self.plan(entry.plan)
            before = entries[-1].id
        raise EntryNotFound("No rule was carried out that could be undone.")

    def measure_undo(self, plan: int) -> UndoExtent:
        """What `undo_plan` would do now. Raises PlanNotFound."""
        return self._store.measure_undo(self.plan(plan).id)

    # --- the work -------------------------------------------------------------------------

    def _carry_out_plan(
        self, job: Job, report: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        """Carries a plan out; another call goes on where this one ended."""
        id = int(job.argument)
        plan = self._store.get_plan(id)
        meter = _Meter("resolve", plan.groups - self._store.plan_outcomes(id).get("", 0))
        while not stop.is_set() and (waiting := self._store.waiting_changes(id, _CHUNK)):
            self.sort_duplicates(stop=stop)
            for planned in waiting:
                if stop.is_set():
                    break
                self._carry_out_change(plan, planned, job.asked_by)
                report(meter.count(plan.groups))
        outcomes = self._store.plan_outcomes(id)
        done, passed_by = outcomes.get("done", 0), outcomes.get("passed_by", 0)
        more = f", {passed_by:,} had changed and were passed by" if passed_by else ""
        return f"{_count(done, 'group')} decided{more}."

    def _carry_out_change(self, plan: Plan, planned: PlannedChange, by: str) -> None:
        """Just as it was named in the plan, or not at all."""
        from lookalike.search import keeping
        from lookalike.stores.review import NewEntry

        keys = {planned.kept_key, *planned.trashed_keys}
        for group in self._store.groups_of([planned.kept_key]):
            change = keeping.plan_group(group.group, plan.rule)
            if change is None or change.merge != planned.merge:
                continue
            if {change.kept.key, *(asset.key for asset in change.trashed)} != keys:
                continue
            if change.kept.key != planned.kept_key:
                continue
            new = NewEntry(
                who=by,
                verdict=Verdict.TRASH,
                detail=f"Kept {change.kept.name}; {len(change.trashed):,} to the trash, by a rule",
                kept=change.kept,
                trashed=change.trashed,
                merge=change.merge,
                plan=(plan.id, planned.place),
            )
            try:
                self._store.decide(new)
            except AssetNotFound:
                break  # somebody was quicker
            return
        self._store.pass_by(plan.id, planned.place)

    def _undo_plan(
        self, job: Job, report: Callable[[Progress], None], stop: threading.Event
    ) -> str:
        id = int(job.argument)
        total = self._store.get_plan(id).groups
        entries = self._store.list_entries(total, plan=id)
        done = sum(e.undone_at is not None and e.undone_at >= job.created_at for e in entries)
        meter, kept, before = _Meter("undo", done), 0, None  # `done` before it was interrupted
        while entries := self._store.list_entries(_CHUNK, before, plan=id, open_only=True):
            for entry in entries:
                if stop.is_set():
                    return ""
                before = entry.id
                try:
                    self._store.undo(entry.id)
                except UndoImpossible:
                    kept += 1
                report(meter.count(total))
        more = f"; {kept:,} could not be, since the trash was emptied" if kept else ""
        return f"{_count(meter.done - kept, 'decision')} undone{more}."

    def _chosen(self, rule: Rule) -> Iterator[ReviewGroup]:
        if rule.groups:
            yield from self._store.groups_of(self._keys(rule.groups))
            return
        place: ReviewPlace | None = None
        while found := self._store.list_groups(rule.only, _CHUNK, place):
            yield from found
            place = ReviewPlace(found[-1].gain_bytes, found[-1].id)


class _Meter:
    """How far a job is, and how fast."""

    def __init__(self, stage: str, done: int = 0) -> None:
        self.done = done
        self._stage = stage
        self._before = done
        self._started_s = time.monotonic()

    def count(self, total: int) -> Progress:
        """One more of `total`."""
        self.done += 1
        rate = (self.done - self._before) / max(time.monotonic() - self._started_s, 1e-6)
        return Progress(
            stage=self._stage,
            done=self.done,
            total=total,
            rate_per_s=rate,
            remaining_s=max(0, total - self.done) / rate,
        )


def _extent(plan: Plan) -> str:
    return f"{_count(plan.trashed, 'copy', 'copies')} in {_count(plan.groups, 'group')}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
