"""Groups of similar pictures."""

from __future__ import annotations

import sys
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
@click.option(
    "--anew", is_flag=True, help="Find all groups anew, instead of letting new ones join."
)
@with_json
@click.pass_obj
def groups(obj: dict[str, Any], min_size: int, anew: bool, as_json: bool) -> None:
    """Show groups of pictures that look alike, with a few words for each.

    The words come from the model, and are a hint. New pictures join the groups that are there;
    when the library grew by a third, the groups are found anew.
    """
    from lookalike import shapes, terminal

    with open_library(obj) as library:
        if anew or not library.is_arranged():
            if as_json:
                library.arrange(anew=anew)
            else:
                with terminal.progress_shown(sys.stderr) as show:
                    library.arrange(anew=anew, progress=show)
        found = library.groups(min_size=min_size)
    if as_json:
        print_json(shapes.similar_groups_to_json(found))
    else:
        terminal.show_similar_groups(found)
