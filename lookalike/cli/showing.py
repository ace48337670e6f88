"""All that is known of one picture, from the command line."""

from __future__ import annotations

from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json


@cli.command()
@click.argument("asset", metavar="PATH|ID")
@with_json
@click.pass_obj
def show(obj: dict[str, Any], asset: str, as_json: bool) -> None:
    """Show all that is known of one picture.

    Its size, tags and description, and what its file says: camera, exposure, place, title,
    keywords, whose it is.
    """
    from lookalike import shapes
    from lookalike.photo_facts import describe
    from lookalike.terminal import place_of, printable

    with open_library(obj) as library:
        found = library.asset(asset)
        facts = library.photo_facts(found)
    if as_json:
        print_json(shapes.shown_to_json(found, facts))
        return
    lines = [
        ("State", found.state.value),
        ("Type", found.mime or ""),
        ("Dimensions", f"{found.width_px} x {found.height_px} px" if found.width_px else ""),
        ("Size", f"{found.size_bytes:,} bytes"),
        ("Taken", f"{found.taken_at:%Y-%m-%d %H:%M:%S}" if found.taken_at else ""),
        ("Tags", ", ".join(found.tags)),
        ("Description", found.description),
        *((name, str(value)) for name, value in found.metadata.items()),
        *describe(facts),
        ("SHA-256", found.sha256 or ""),
    ]
    print(place_of(found))
    for label, value in lines:
        if value:
            print(f"  {printable(label):<12} {printable(value)}")
