"""What a person sees in a terminal: tables, previews, progress."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

from lookalike.types import (
    Asset,
    Band,
    Coverage,
    Duplicates,
    Found,
    IndexReport,
    JobState,
    Match,
    ModelChange,
    ModelFacts,
    ModelState,
    ModelUse,
    Progress,
    Renewal,
    SimilarGroups,
    Status,
    Tuning,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_BAND_STYLES = {Band.STRONG: "bold green", Band.LIKELY: "yellow", Band.WEAK: "dim"}
_PREVIEW_ROWS = 5
_RENEW = "the rest is computed by lookalike serve, or by lookalike index"
_PLAIN_PROGRESS_EVERY_S = 5.0
# Terminals that answer no questions, or whose answer would be shown as text.
_SILENT_TERMINALS = frozenset({"", "dumb", "linux", "unknown"})

ReadThumbnail = Callable[[Asset], bytes | None]


def printable(text: str) -> str:
    """`text` without anything that a terminal would act on: file names come from strangers."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )


def place_of(asset: Asset) -> str:
    """Where a person finds it."""
    return printable(asset.path or f"{asset.folder}/{asset.name}".lstrip("/"))


# --- search -------------------------------------------------------------------------------


def show_found(found: Found, read_thumbnail: ReadThumbnail | None) -> None:
    """A table with previews in a terminal; elsewhere one tab-separated line a match."""
    if sys.stdout.isatty():
        _console(sys.stdout).print(_table(found, _previewer(read_thumbnail)))
    else:
        for match in found.matches:
            print(_line(match))
    print(_summary(found), file=sys.stderr)


def _line(match: Match) -> str:
    relation = match.relation.value if match.relation else ""
    more = f"+{len(match.variants)}" if match.variants else ""
    parts = (match.band.value, f"{match.score:.3f}", place_of(match.asset), relation, more)
    return "\t".join(parts).rstrip()


def _table(found: Found, preview: Callable[[Asset], RenderableType] | None) -> RenderableType:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_lines=preview is not None, pad_edge=False)
    if preview is not None:
        table.add_column("")
    table.add_column("band")
    table.add_column("score", justify="right")
    table.add_column("path", overflow="fold")
    for match in found.matches:
        relation = f"  {match.relation.value.replace('_', ' ')}" if match.relation else ""
        more = f"  +{len(match.variants)}" if match.variants else ""
        cells: list[RenderableType] = [
            Text(match.band.value, style=_BAND_STYLES[match.band]),
            f"{match.score:.3f}",
            Text(place_of(match.asset)) + Text(relation + more, style="cyan"),
        ]
        table.add_row(*([preview(match.asset), *cells] if preview else cells))
    return table


def _summary(found: Found) -> str:
    """What was searched, in a line, and how to see more."""
    parts = [
        f"{_count(len(found.matches), 'result')} in {found.took_ms:.0f} ms",
        describe_coverage(found.coverage),
    ]
    if found.coverage.renewing:
        parts.append(_RENEW)
    if found.next_cursor:
        parts.append(f"more: --cursor {found.next_cursor}")
    return "; ".join(parts)


def describe_coverage(coverage: Coverage) -> str:
    """How much of the library a search sees."""
    text = f"{coverage.indexed:,} of {coverage.total:,} pictures searchable"
    rest = {
        "pending": coverage.pending - coverage.renewing,
        "waiting for the renewed model": coverage.renewing,
        "skipped": sum(coverage.skipped.values()),
    }
    named = ", ".join(f"{number:,} {what}" for what, number in rest.items() if number)
    return f"{text} ({named})" if named else text


def _previewer(read_thumbnail: ReadThumbnail | None) -> Callable[[Asset], RenderableType] | None:
    """Draws a thumbnail in a cell, or None where the terminal shows no pictures."""
    image_class = _image_class() if read_thumbnail is not None else None
    if image_class is None or read_thumbnail is None:
        return None

    def preview(asset: Asset) -> RenderableType:
        thumbnail = read_thumbnail(asset)
        if thumbnail is None:
            return ""
        drawn: RenderableType = image_class(io.BytesIO(thumbnail), height=_PREVIEW_ROWS)
        return drawn

    return preview


def _image_class() -> Any:
    """The renderer for this terminal: sixel (iTerm2 among others) or kitty's protocol.

    The terminal is asked, which takes up to 0.2 s when it does not answer; where there is no
    terminal on both ends, or it is known to stay silent, nothing is asked.
    """
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not is_terminal or os.environ.get("TERM", "") in _SILENT_TERMINALS:
        return None
    try:
        from textual_image import renderable
    except Exception:  # a terminal that answers oddly costs the previews, not the results
        return None
    shows_pictures = renderable.Image in (renderable.SixelImage, renderable.TGPImage)
    return renderable.Image if shows_pictures else None


# --- index --------------------------------------------------------------------------------


@contextmanager
def progress_shown(stream: TextIO) -> Iterator[Callable[[Progress], None]]:
    """A callback for `Library.index`: a bar in a terminal, a line now and then elsewhere."""
    if not stream.isatty():
        yield _plain_progress(stream)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TextColumn("{task.fields[current]}", style="dim", markup=False),
    )
    with Bar(*columns, console=_console(stream), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def show(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(
                    progress.stage, total=None, pace="", current=""
                )
            bar.update(
                tasks[progress.stage],
                completed=progress.done,
                total=progress.total,
                pace=_pace(progress),
                current=printable(progress.current)[-40:],
            )

        yield show


def _plain_progress(stream: TextIO) -> Callable[[Progress], None]:
    last_s: dict[str, float] = {}

    def show(progress: Progress) -> None:
        now = time.monotonic()
        if now - last_s.get(progress.stage, -_PLAIN_PROGRESS_EVERY_S) >= _PLAIN_PROGRESS_EVERY_S:
            last_s[progress.stage] = now
            print(printable(str(progress)), file=stream, flush=True)

    return show


def _pace(progress: Progress) -> str:
    if progress.remaining_s is None:
        return f"{progress.rate_per_s:,.0f}/s"
    minutes, seconds = divmod(int(progress.remaining_s), 60)
    return f"{progress.rate_per_s:,.1f}/s, {minutes}:{seconds:02d} left"


def show_report(report: IndexReport) -> None:
    """What the run did, in a few lines."""
    counts = {
        "new": report.added,
        "changed": report.updated,
        "moved": report.moved,
        "back": report.restored,
        "gone": report.missing,
        "unchanged": report.unchanged,
    }
    named = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
    seen = f"{_count(report.seen, 'file')} seen in {report.took_s:.1f} s"
    print(f"{seen}: {named}" if named else seen)
    print(f"{_count(report.indexed, 'picture')} indexed")
    for reason, number in sorted(report.skipped.items()):
        print(f"{number:,} skipped: {reason}")
    if report.skipped:
        print("`lookalike status --skipped` names them")
    if report.interrupted:
        print("Interrupted; run the same command again to go on", file=sys.stderr)


# --- duplicates and groups ----------------------------------------------------------------


def show_duplicates(found: Duplicates) -> None:
    """A line a picture: relation, confidence, path; a blank line between groups."""
    for group in found.groups:
        for duplicate in group.duplicates:
            relation = duplicate.relation.value if duplicate.relation else "original"
            sure = f"{duplicate.confidence:.3f}" if duplicate.relation else f"({group.reason})"
            print(f"{relation}\t{sure}\t{place_of(duplicate.asset)}")
        if group.note:
            print(group.note)
        print()
    extra = sum(len(group.duplicates) - 1 for group in found.groups)
    print(
        f"{_count(len(found.groups), 'group')}, {extra:,} beside the originals; "
        f"{describe_coverage(found.coverage)}",
        file=sys.stderr,
    )


def show_similar_groups(found: SimilarGroups) -> None:
    """A line a group: size, words, the cover's path."""
    for group in found.groups:
        print(f"{len(group.assets)}\t{group.label}\t{place_of(group.cover)}")
    print(
        f"{_count(len(found.groups), 'group')}, {_count(found.single, 'picture')} in none; "
        f"{describe_coverage(found.coverage)}",
        file=sys.stderr,
    )


# --- status -------------------------------------------------------------------------------


def show_status(status: Status, skipped: list[Asset]) -> None:
    """What the library holds; `skipped` are named below their reason."""
    coverage = status.coverage
    print(f"library   {printable(status.folder)}")
    print(f"model     {status.model_id or 'none yet'}")
    if status.renewal is not None:
        _show_renewal(status.renewal)
    print(f"coverage  {describe_coverage(coverage)}")
    if coverage.missing or coverage.trashed:
        print(f"          {coverage.missing:,} missing, {coverage.trashed:,} in the trash")
    print(
        f"on disk   database {_size(status.database_bytes)}, index {_size(status.index_bytes)}, "
        f"thumbnails {_size(status.thumbnails_bytes)}"
    )
    for root in status.roots:
        print(f"folder    {printable(root)}")
    for reason, number in sorted(coverage.skipped.items()):
        print(f"skipped   {number:,} {reason}")
        for asset in skipped:
            if asset.skip_reason == reason:
                print(f"            {place_of(asset)}: {printable(asset.skip_detail or '')}")


# --- models -------------------------------------------------------------------------------

_STATES = {
    ModelState.SHIPS: "part of Lookalike",
    ModelState.HERE: "here",
    ModelState.TO_FETCH: "to fetch: models pull",
    ModelState.BY_HAND: "to bring: models add",
    ModelState.BROKEN: "damaged: models remove, then pull or add",
}


def show_models(models: list[ModelFacts], use: ModelUse | None) -> None:
    """One line a model, and what it is for; a star before the one that the library uses."""
    used = use.model_id if use else None
    for model in models:
        mark = "*" if used is not None and model.model_id == used else " "
        size = f"{model.size_bytes / 1e6:,.0f} MB" if model.size_bytes else "-"
        print(f"{mark} {model.name:<23}{size:>8}  {_STATES[model.state]}")
        print(f"    {printable(model.title)}: {printable(model.about)} ({model.licence})")
        if model.model_id is not None and model.calibration is None:
            print("    What is strong or likely was not measured for it (docs/models.md)")
        if model.tuning is not None:
            print(f"    {describe_tuning(model.tuning)}")


def describe_tuning(tuning: Tuning) -> str:
    """What was measured on this machine."""
    return (
        f"{_count(tuning.threads, 'thread')}, {tuning.batch_size} pictures at a time: "
        f"{tuning.pictures_per_s:,.1f} pictures a second here"
    )


def show_model_use(use: ModelUse) -> None:
    """What a library searches with, and what can be done next."""
    print(f"in use    {use.model_id or 'none yet'}")
    if use.renewal is not None:
        _show_renewal(use.renewal)
    change = use.change
    if change is not None:
        print(f"next      {change.model_id}: {_far(change)}")
        if change.failed:
            print(f"          {change.failed:,} could not be read or computed")
        if change.is_ready:
            print("          Ready. Compare both in the dashboard, then: lookalike models switch")
        else:
            print(f"          Not ready; go on with: lookalike models use {change.name}")
    for model_id, count in use.others:
        name = model_id.partition("@")[0]
        print(f"kept      {model_id}: {_count(count, 'vector')}")
        print(f"          Back: lookalike models use {name}; forget: lookalike models drop {name}")


def _show_renewal(renewal: Renewal) -> None:
    print(f"renewing  was {renewal.former_id}; ready are {_far(renewal)}")
    if renewal.problem:
        print(f"          {printable(renewal.problem)}")
    if renewal.job is None or renewal.job.state is JobState.QUEUED:
        print(f"          {_RENEW}")


def _far(change: ModelChange | Renewal) -> str:
    """How far it is; while a job works at it, also how quickly it goes on."""
    far = f"{change.done:,} of {_count(change.total, 'picture')}"
    job = change.job
    if job is None or not job.rate_per_s:
        return far
    pace = Progress(
        stage=job.stage,
        done=job.done,
        total=job.total,
        rate_per_s=job.rate_per_s,
        remaining_s=job.remaining_s,
    )
    return f"{far}, {_pace(pace)}"


def in_megabytes(show: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """Passes on progress that counts bytes."""

    def show_megabytes(progress: Progress) -> None:
        total = progress.total
        show(
            replace(
                progress,
                stage=f"{progress.stage}, MB",
                done=round(progress.done / 1e6),
                total=None if total is None else round(total / 1e6),
                rate_per_s=progress.rate_per_s / 1e6,
            )
        )

    return show_megabytes


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _size(size_bytes: int) -> str:
    size = float(size_bytes)
    for unit in ("bytes", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    return Console(file=stream, highlight=False, markup=False)
