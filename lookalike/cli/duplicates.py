"""Copies of pictures."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json
from lookalike.types import JobState, Relation

if TYPE_CHECKING:
    from lookalike.decisions import Plan, UndoExtent
    from lookalike.library import Library


@cli.command()
@click.option(
    "relations",
    "--relation",
    metavar="NAME",
    type=click.Choice([relation.value for relation in Relation if relation is not Relation.SELF]),
    multiple=True,
    help="Only pictures in this relation, such as cropped or same_scene; may be repeated.",
)
@click.option(
    "--min-confidence",
    metavar="N",
    type=click.FloatRange(0, 1),
    help="Only what is at least so sure, from 0 to 1; else 0.8, with --relation 0.",
)
@click.option("--again", is_flag=True, help="Compare all pictures anew, not just new ones.")
@click.option(
    "apart",
    "--not-duplicates",
    metavar="A B",
    nargs=2,
    multiple=True,
    help="Remember that these two (paths or ids) are not duplicates; may be repeated.",
)
@click.option(
    "together",
    "--undo-not-duplicates",
    metavar="A B",
    nargs=2,
    multiple=True,
    help="Take that back.",
)
@click.option("--undo", is_flag=True, help="Take back the last decision of the journal.")
@click.option(
    "--undo-rule",
    is_flag=True,
    help="Take back all that the last rule did, after showing what that is and asking.",
)
@click.option("--yes", is_flag=True, help="With --undo-rule: do not ask.")
@with_json
@click.pass_obj
def duplicates(
    obj: dict[str, Any],
    relations: tuple[str, ...],
    min_confidence: float | None,
    again: bool,
    apart: tuple[tuple[str, str], ...],
    together: tuple[tuple[str, str], ...],
    undo: bool,
    undo_rule: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Show groups of pictures that are copies of each other.

    Each group names the likely original and why it is taken for that, and how each of the others
    was made from it. Pictures are compared once; another call takes up what is new since. No file
    is changed.
    """
    from lookalike import shapes, terminal

    if bool(apart or together) + undo + undo_rule > 1:
        raise click.UsageError("--undo and --undo-rule go without other decisions.")
    if yes and not undo_rule:
        raise click.UsageError("--yes goes with --undo-rule.")
    with open_library(obj) as library:
        if undo:
            _undo(library, as_json)
            return
        if undo_rule:
            _undo_rule(library, yes, as_json)
            return
        if apart or together:
            decided = sum(len(library.decide_not_duplicates(pair)) for pair in apart)
            undone = sum(library.undo_not_duplicates(pair) for pair in together)
            if as_json:
                print_json({"decided": decided, "undone": undone})
            else:
                print(f"{decided} remembered as not duplicates, {undone} taken back")
            return
        least = min_confidence if min_confidence is not None else 0.0 if relations else 0.8
        with nullcontext(None) if as_json else terminal.progress_shown(sys.stderr) as show:
            if again:
                library.compare(again=True, progress=show)
            found = library.duplicates(relations=relations, min_confidence=least, progress=show)
    if as_json:
        print_json(shapes.duplicates_to_json(found))
    else:
        terminal.show_duplicates(found)


def _undo(library: Library, as_json: bool) -> None:
    from lookalike import review_shapes, terminal

    undone = library.undo(library.last_decision().id)
    if as_json:
        print_json(review_shapes.entry_to_json(undone))
        return
    print(terminal.printable(f"Taken back: {undone.detail}"))
    left = 0 if undone.plan is None else library.measure_undo(undone.plan).decisions
    if left:
        more = f"A rule decided {left:,} more with it; --undo-rule takes those back."
        print(more, file=sys.stderr)


def _undo_rule(library: Library, yes: bool, as_json: bool) -> None:
    """Without --yes, --json only shows what would be done."""
    from lookalike import review_shapes, terminal

    rule = library.last_rule()
    extent = library.measure_undo(rule.id)
    shown = review_shapes.undo_to_json(rule, extent)
    if as_json and not yes:
        print_json(shown | {"undone": False})
        return
    if not as_json:
        print(terminal.printable(_describe(rule, extent)))
        if not yes and not sys.stdin.isatty():
            raise click.UsageError("Nobody can be asked here; --yes takes it back.")
        if not yes and not click.confirm("Take all of it back?"):
            print("Nothing was changed.")
            return
    job = library.undo_plan(rule.id)
    with nullcontext(None) if as_json else terminal.progress_shown(sys.stderr) as show:
        job = library.follow(job.id, progress=show)
    if as_json:
        print_json(shown | {"undone": job.state is JobState.DONE, "message": job.message})
    else:
        print(job.message or "It goes on when a server or the next command works on it.")


def _describe(rule: Plan, extent: UndoExtent) -> str:
    by = f" by {rule.who}" if rule.who else ""
    lost = f", {extent.lost:,} of them lost with the emptied trash" if extent.lost else ""
    return (
        f"Rule of {rule.applied_at or rule.at:%Y-%m-%d %H:%M} UTC{by}, keep {rule.rule.keep}. "
        f"Decisions to undo: {extent.decisions:,}{lost}. "
        f"Pictures that come back from the trash: {extent.pictures:,}."
    )
