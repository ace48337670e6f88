"""The command `lookalike` itself, and what its commands share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lookalike import __version__

if TYPE_CHECKING:
    from lookalike.library import Library

_F = TypeVar("_F", bound=Any)


def _set_folder(context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.find_root().ensure_object(dict)["folder"] = folder.expanduser()


def everywhere(command: _F) -> _F:
    """Adds the options that may stand before and after the command's name."""
    library = click.option(
        "--library",
        metavar="DIR",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_set_folder,
        help="The library to use; else LOOKALIKE_LIBRARY, else one in your data folder.",
    )
    debug = click.option(
        "--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."
    )
    decorated: _F = library(debug(command))
    return decorated


def with_json(command: _F) -> _F:
    """Adds --json and the options of every command."""
    option = click.option("as_json", "--json", is_flag=True, help="Print JSON.")
    decorated: _F = option(everywhere(command))
    return decorated


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lookalike", message="%(prog)s %(version)s")
@everywhere
@click.pass_context
def cli(context: click.Context) -> None:
    """Find pictures by what they look like."""
    context.ensure_object(dict)


def open_library(obj: dict[str, Any], *, create: bool = False) -> Library:
    """The library that --library names, else the usual one."""
    from lookalike.library import Library

    return Library.open(obj.get("folder"), create=create)


def print_json(value: object) -> None:
    """The machine's answer."""
    print(json.dumps(value, indent=2))


def show_rows(name: str, rows: list[dict[str, str]], as_json: bool) -> None:
    """As JSON under `name`, or as lines with tabs between the values."""
    from lookalike.terminal import printable

    if as_json:
        print_json({name: rows})
        return
    for row in rows:
        print("\t".join(printable(value) for value in row.values()))
