"""Copies of pictures."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json
from lookalike.types import Relation


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
    as_json: bool,
) -> None:
    """Show groups of pictures that are copies of each other.

    Each group names the likely original and why it is taken for that, and how each of the others
    was made from it. Pictures are compared once; another call takes up what is new since. No file
    is changed.
    """
    from lookalike import review_shapes, shapes, terminal

    if undo and (apart or together):
        raise click.UsageError("--undo goes without other decisions.")
    with open_library(obj) as library:
        if undo:
            undone_entry = library.undo(library.last_decision().id)
            if as_json:
                print_json(review_shapes.entry_to_json(undone_entry))
            else:
                print(terminal.printable(f"Taken back: {undone_entry.detail}"))
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
