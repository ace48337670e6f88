"""Groups of similar pictures."""

from __future__ import annotations

from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json


@cli.command()
@click.option(
    "--min-size",
    metavar="N",
    type=click.IntRange(2),
    default=3,
    show_default=True,
    help="Only groups of at least so many pictures.",
)
@with_json
@click.pass_obj
def groups(obj: dict[str, Any], min_size: int, as_json: bool) -> None:
    """Show groups of pictures that look alike, with a few words for each.

    The words come from the model, and are a hint. Needs the extra `groups`.
    """
    from lookalike import shapes, terminal

    with open_library(obj) as library:
        found = library.groups(min_size=min_size)
    if as_json:
        print_json(shapes.similar_groups_to_json(found))
    else:
        terminal.show_similar_groups(found)
