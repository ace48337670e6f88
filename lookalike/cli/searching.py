"""Searching from the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json
from lookalike.types import MINUS_WEIGHT, Filters, Term

_TYPES = ("jpeg", "png", "webp", "gif", "avif", "svg")
_DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")


_PICTURE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DATE = click.DateTime(_DATE_FORMATS)
_SIDE = click.IntRange(min=1)


@cli.command()
@click.argument("words", nargs=-1)
@click.option(
    "images",
    "--image",
    metavar="FILE",
    type=_PICTURE,
    multiple=True,
    help="Look for pictures like this file.",
)
@click.option(
    "urls",
    "--url",
    metavar="URL",
    multiple=True,
    help="Look for pictures like the one at this address.",
)
@click.option(
    "likes",
    "--like",
    metavar="PATH|ID",
    multiple=True,
    help="Look for pictures like this one of the library.",
)
@click.option(
    "colours",
    "--by-colour",
    metavar="COLOUR",
    multiple=True,
    help="Rank by how much of a picture has this colour: a name such as red, or #rrggbb.",
)
@click.option(
    "minus_words",
    "--minus-text",
    metavar="WORDS",
    multiple=True,
    help="Less of what these words describe.",
)
@click.option(
    "minus_images",
    "--minus-image",
    metavar="FILE",
    type=_PICTURE,
    multiple=True,
    help="Less like this file.",
)
@click.option(
    "minus_likes",
    "--minus-like",
    metavar="PATH|ID",
    multiple=True,
    help="Less like this picture of the library.",
)
@click.option(
    "minus_colours", "--minus-colour", metavar="COLOUR", multiple=True, help="Less of this colour."
)
@click.option("--literal", is_flag=True, help='Take WORDS as they stand, "without" and all.')
@click.option("name_contains", "--name", metavar="TEXT", help="Only files with this in their name.")
@click.option("--folder", metavar="NAME|PATH", help="Only in this folder and below.")
@click.option(
    "types",
    "--type",
    type=click.Choice(_TYPES, case_sensitive=False),
    multiple=True,
    help="Only files of this type; may be repeated.",
)
@click.option(
    "tags",
    "--tag",
    metavar="TAG",
    multiple=True,
    help="Only pictures with this tag; repeat it to ask for several at once.",
)
@click.option(
    "--colour",
    metavar="COLOUR",
    help="Only pictures with this colour in them: a name such as red, or #rrggbb. Alone, they "
    "are ranked by how much they have of it.",
)
@click.option(
    "--colour-within",
    metavar="DISTANCE",
    type=click.FloatRange(0, 100, min_open=True),
    help="How far from a --colour given as #rrggbb still counts (CIEDE2000); else 18.",
)
@click.option("--after", metavar="DATE", type=_DATE, help="Only taken at or after this date.")
@click.option("--before", metavar="DATE", type=_DATE, help="Only taken before this date.")
@click.option("--min-width", metavar="PX", type=_SIDE, help="Only at least so wide.")
@click.option("--max-width", metavar="PX", type=_SIDE, help="Only at most so wide.")
@click.option("--min-height", metavar="PX", type=_SIDE, help="Only at least so high.")
@click.option("--max-height", metavar="PX", type=_SIDE, help="Only at most so high.")
@click.option(
    "--orientation",
    type=click.Choice(("landscape", "portrait", "square")),
    help="Only of this shape.",
)
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="Results on a page.",
)
@click.option(
    "--cursor",
    metavar="CURSOR",
    help="Go on after a page; each page of --json names the `next_cursor`.",
)
@click.option(
    "--stack/--no-stack",
    default=True,
    show_default=True,
    help="Show near-copies as variants of the best of them.",
)
@click.option(
    "--previews/--no-previews",
    default=True,
    show_default=True,
    help="Show small pictures where the terminal can.",
)
@with_json
@click.pass_obj
def search(
    obj: dict[str, Any],
    /,
    words: tuple[str, ...],
    images: tuple[Path, ...],
    urls: tuple[str, ...],
    likes: tuple[str, ...],
    colours: tuple[str, ...],
    minus_words: tuple[str, ...],
    minus_images: tuple[Path, ...],
    minus_likes: tuple[str, ...],
    minus_colours: tuple[str, ...],
    literal: bool,
    limit: int,
    cursor: str | None,
    stack: bool,
    previews: bool,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Find pictures by WORDS, by pictures, or by both at once.

    WORDS are read as a sentence: what stands after "without", "no", "not" or "except" counts
    against, and pictures with a "phrase in quotes" in their name, tags or description come first.
    What is given is added up, and what --minus options name is taken away. WORDS, --image, --url
    and --like weigh alike. A query of --minus options alone finds what is least like them.
    """
    from lookalike import shapes, terminal
    from lookalike.cli import reading

    filters = _filters(**conditions)
    with open_library(obj) as library:
        said = " ".join(words)
        terms = list(library.read_words(said, literally=literal)) if said else []
        read = tuple(terms)
        terms += [library.image_term(path) for path in images]
        terms += [Term.url(url) for url in urls]
        terms += [Term.like(asset) for asset in likes]
        terms += [Term.colour(colour) for colour in colours]
        terms += [Term.text(text, weight=MINUS_WEIGHT) for text in minus_words]
        terms += [library.image_term(path, weight=MINUS_WEIGHT) for path in minus_images]
        terms += [Term.like(asset, weight=MINUS_WEIGHT) for asset in minus_likes]
        terms += [Term.colour(colour, weight=MINUS_WEIGHT) for colour in minus_colours]
        if not terms and filters.colour is not None:  # then it says what to look for, too
            terms = [Term.colour(filters.colour)]
        found = library.search(terms, filters=filters, limit=limit, cursor=cursor, stack=stack)
        suggestions = library.suggest(said, filters=filters) if said and not cursor else []
        if as_json:
            print_json(shapes.found_to_json(found) | shapes.reading_to_json(terms, suggestions))
        else:
            terminal.show_found(found, library.thumbnail if previews else None)
            reading.show_reading(words, read, suggestions)


def _filters(*, after: datetime | None, before: datetime | None, **conditions: Any) -> Filters:
    """Dates are taken as UTC, as the times of pictures are."""
    return Filters(
        after=after.replace(tzinfo=UTC) if after else None,
        before=before.replace(tzinfo=UTC) if before else None,
        **conditions,
    )
