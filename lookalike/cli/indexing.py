"""What is in the library: indexing, status, removing."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from lookalike.cli.root import cli, open_library, print_json, with_json
from lookalike.cli.run import INTERRUPTED


@cli.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False))
@click.option("--wait", is_flag=True, help="Wait while another process indexes this library.")
@click.option("--retry-skipped", is_flag=True, help="Look again at files that were skipped.")
@with_json
@click.pass_obj
def index(
    obj: dict[str, Any], folders: tuple[str, ...], wait: bool, retry_skipped: bool, as_json: bool
) -> None:
    """Read the pictures in FOLDERS and make them searchable.

    Files stay where they are and are never changed. Run it again to pick up what changed;
    without FOLDERS, in all folders that were indexed before.
    """
    from lookalike import shapes, terminal

    with open_library(obj, create=bool(folders)) as library:
        if as_json:
            report = library.index(folders, wait=wait, retry_skipped=retry_skipped)
        else:
            with terminal.progress_shown(sys.stderr) as show:
                report = library.index(
                    folders, progress=show, wait=wait, retry_skipped=retry_skipped
                )
    if as_json:
        print_json(shapes.report_to_json(report))
    else:
        terminal.show_report(report)
    if report.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)


@cli.command()
@click.option("--skipped", is_flag=True, help="Name every skipped file, not just a few.")
@with_json
@click.pass_obj
def status(obj: dict[str, Any], skipped: bool, as_json: bool) -> None:
    """Show what is searchable, and what is not and why.

    Also the model, the indexed folders, and what the library takes on disk.
    """
    from lookalike import shapes, terminal

    with open_library(obj) as library:
        now = library.status()
        named = library.skipped(each=None if skipped else 3)
    if as_json:
        print_json(shapes.status_to_json(now, named))
    else:
        terminal.show_status(now, named)


@cli.command()
@click.argument("assets", metavar="PATH|ID...", nargs=-1, required=True)
@with_json
@click.pass_obj
def remove(obj: dict[str, Any], assets: tuple[str, ...], as_json: bool) -> None:
    """Forget pictures. Their files stay where they are.

    `lookalike index` passes a removed file by until its content changes, or until
    `lookalike welcome`.
    """
    from lookalike.terminal import place_of

    with open_library(obj) as library:
        removed = library.remove(assets)
    if as_json:
        print_json({"removed": [{"asset_id": a.id, "path": a.path} for a in removed]})
    else:
        for asset in removed:
            print(f"removed {place_of(asset)}")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@with_json
@click.pass_obj
def welcome(obj: dict[str, Any], paths: tuple[Path, ...], as_json: bool) -> None:
    """Let removed files be indexed again.

    Without PATHS, list the files that were removed and are passed by.
    """
    from lookalike.terminal import printable

    with open_library(obj) as library:
        library.welcome(paths)
        ignored = library.ignored()
    if as_json:
        print_json({"ignored": ignored})
    elif not paths:
        for path in ignored:
            print(printable(path))


@cli.command()
@with_json
@click.pass_obj
def rebuild(obj: dict[str, Any], as_json: bool) -> None:
    """Build the search index anew from the database."""
    with open_library(obj) as library:
        count = library.rebuild()
    if as_json:
        print_json({"vectors": count})
    else:
        print(f"Rebuilt the index from {count:,} vectors")
