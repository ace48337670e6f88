"""Why a picture matches a query, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json
from lookalike.types import MINUS_WEIGHT, Explanation, Term


@cli.command()
@click.argument("asset", metavar="PATH|ID")
@click.argument("words", nargs=-1)
@click.option(
    "images",
    "--image",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Explain the likeness to this file.",
)
@click.option(
    "likes",
    "--like",
    metavar="PATH|ID",
    multiple=True,
    help="Explain the likeness to this picture of the library.",
)
@click.option(
    "minus_words", "--minus-text", metavar="WORDS", multiple=True, help="As `search` takes it."
)
@click.option("--literal", is_flag=True, help='Take WORDS as they stand, "without" and all.')
@with_json
@click.pass_obj
def explain(
    obj: dict[str, Any],
    asset: str,
    words: tuple[str, ...],
    images: tuple[Path, ...],
    likes: tuple[str, ...],
    minus_words: tuple[str, ...],
    literal: bool,
    as_json: bool,
) -> None:
    """Show why a picture of the library matches a query.

    For each part of the query: its share of the match, and a map of the regions that it is seen
    in. Parts that count against show where they are seen, too.
    """
    from lookalike import shapes

    said = " ".join(words)
    with open_library(obj) as library:
        terms = list(library.read_words(said, literally=literal)) if said else []
        terms += [library.image_term(path) for path in images]
        terms += [Term.like(like) for like in likes]
        terms += [Term.text(text, weight=MINUS_WEIGHT) for text in minus_words]
        explanation = library.explain(asset, terms)
    if as_json:
        print_json(shapes.explanation_to_json(explanation))
    else:
        _show(explanation)


_SHADES = " .:-=+*#%@"
_ROWS = 6  # of a map in a terminal, whose letters are twice as high as wide


def _show(explanation: Explanation) -> None:
    from lookalike.shapes import name_of_term
    from lookalike.terminal import place_of, printable

    standing = explanation.standing
    far = "" if standing is None else f", {standing:.1f} spreads above unrelated pictures"
    print(f"{place_of(explanation.asset)}: score {explanation.score:.3f}{far}")
    if explanation.named:
        print(f"it has the words in quotes in its {explanation.named.value}")
    for share in explanation.terms:
        kind, value = name_of_term(share.term)
        sign = "less of " if share.term.weight < 0 else ""
        print(
            f"{share.share:4.0%}  {share.contribution:+.1f}  {sign}"
            f"{printable(value) if value else 'the image'}{'' if kind == 'text' else f' ({kind})'}"
        )
        for line in _draw(share.heat):
            print(f"      |{line}|")


def _draw(heat: tuple[tuple[float, ...], ...]) -> list[str]:
    """Two rows of cells to a line, darker where it is warmer."""
    step = max(1, len(heat) // _ROWS)
    lines = []
    for start in range(0, len(heat), step):
        rows = heat[start : start + step]
        means = [sum(column) / len(column) for column in zip(*rows, strict=True)]
        lines.append("".join(_SHADES[min(9, int(mean * 10))] for mean in means))
    return lines
