"""Dry runs of rules, and the journal of decisions."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard import texts
from lookalike.dashboard.contexts import EmptyState, Link
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.frames import frame
from lookalike.dashboard.review_contexts import JournalPage, PlanLine, PlanPage
from lookalike.dashboard.review_views import journal_line, plain_card
from lookalike.decisions import Change, Keeping, Plan, UndoExtent
from lookalike.types import Job, JobKind, JobState

CHUNK = 60
_RULES = {
    Keeping.ORIGINAL: "Keep the likely original of each group",
    Keeping.LARGEST: "Keep the largest picture of each group",
    Keeping.OLDEST: "Keep the oldest picture of each group",
    Keeping.FOLDER: "Keep the picture in {} of each group",
}


def show_plan(request: Request) -> Response:
    """Everything that a rule would change, and afterwards how it went."""
    desk = Desk.of(request)
    id = request.path_params["id"]
    first = _read_number(request, "first") or 0
    plan = desk.library.plan(id)
    changes = desk.library.planned_changes(id, first, CHUNK)
    job = _find_job(desk.library.jobs(200), id)
    is_open = job is not None and job.state in {JobState.QUEUED, JobState.RUNNING}
    next_url = f"/duplicates/plans/{id}?{urlencode({'first': first + CHUNK})}"
    context = PlanPage(
        frame=frame(request, title="What a rule would change", section="duplicates"),
        id=id,
        rule=_describe(plan),
        summary=_summary(plan),
        savings=_savings(plan),
        lines=[_plan_line(change) for change in changes],
        next_url=next_url if first + CHUNK < plan.groups else "",
        applied=texts.moment(plan.applied_at) if plan.applied_at else "",
        job=job.id if job is not None and is_open else 0,
        done=job.done if job is not None else 0,
        undo=_undoing(desk.library.measure_undo(id)) if plan.applied_at else "",
        outcome=job.message if job is not None and not is_open else "",
    )
    if request.headers.get("x-part") == "chunk":
        html = desk.pages.render(context, "plan_chunk.html")
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})
    return desk.pages.response(context)


def show_journal(request: Request) -> Response:
    """What was decided, newest first."""
    desk = Desk.of(request)
    entries = desk.library.journal(CHUNK + 1, _read_number(request, "before"))
    shown = entries[:CHUNK]
    more = f"/duplicates/journal?{urlencode({'before': shown[-1].id})}" if shown else ""
    return desk.pages.response(
        JournalPage(
            frame=frame(request, title="What was decided", section="duplicates"),
            lines=[journal_line(entry) for entry in shown],
            next_url=more if len(entries) > CHUNK else "",
            empty=(
                None
                if shown
                else EmptyState(
                    title="Nothing was decided yet",
                    text="What you decide about duplicates stands here, and can be undone until "
                    "the trash is emptied.",
                    links=[Link(label="To the duplicates", url="/duplicates")],
                )
            ),
        )
    )


def _find_job(jobs: list[Job], plan: int) -> Job | None:
    """The newest job that works, or worked, on a plan."""
    kinds = {JobKind.RESOLVE, JobKind.UNDO_PLAN}
    return next((job for job in jobs if job.kind in kinds and job.argument == str(plan)), None)


def _describe(plan: Plan) -> str:
    text = _RULES[plan.rule.keep].format(plan.rule.folder)
    return f"{text}, with tags and texts of the others" if plan.rule.merge else text


def _summary(plan: Plan) -> str:
    copies = texts.count(plan.trashed, "copy", "copies")
    text = f"{copies} in {texts.count(plan.groups, 'group')} to the trash"
    passed_by = texts.count(plan.passed_by, "group")
    return f"{text}; {passed_by} the rule does not fit" if plan.passed_by else text


def _undoing(extent: UndoExtent) -> str:
    """What undoing would do; '' when there is nothing left to undo."""
    if extent.decisions == extent.lost:
        return ""
    lost = f"; {extent.lost:,} cannot be undone, since the trash was emptied" if extent.lost else ""
    decisions = texts.count(extent.decisions - extent.lost, "decision")
    pictures = texts.count(extent.pictures, "picture")
    return f"Undoing takes back {decisions}: {pictures} from the trash{lost}."


def _savings(plan: Plan) -> list[str]:
    saved = plan.savings
    lines = [f"{texts.size(saved.size_bytes)} go to the trash."]
    if saved.freed_bytes:
        lines.append(f"{texts.size(saved.freed_bytes)} are freed once the trash is emptied.")
    if saved.linked_bytes:
        lines.append(
            f"{texts.size(saved.linked_bytes)} are files in linked folders: they are marked in the "
            "library only and stay on disk, so their bytes are not freed."
        )
    if saved.size_bytes > saved.freed_bytes + saved.linked_bytes:
        rest = saved.size_bytes - saved.freed_bytes - saved.linked_bytes
        lines.append(f"{texts.size(rest)} are bytes that another upload has, too.")
    return lines


def _plan_line(change: Change) -> PlanLine:
    merge = change.merge
    merged = [f"Tags: {', '.join(merge.tags)}"] if merge.tags else []
    if merge.description is not None:
        merged.append(f"Description: {merge.description}")
    if merge.metadata:
        named = ", ".join(f"{name} = {value}" for name, value in merge.metadata.items())
        merged.append(f"Custom metadata: {named}")
    if merge.left_out:
        merged.append(f"Not taken over, since it has its own: {', '.join(merge.left_out)}")
    return PlanLine(
        kept=plain_card(change.kept),
        trashed=[plain_card(asset) for asset in change.trashed],
        gain=texts.size(change.size_bytes),
        merged=merged,
    )


def _read_number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
