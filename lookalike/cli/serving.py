"""Serving the library to browsers and programs."""

from __future__ import annotations

from typing import Any

import click

from lookalike.cli.root import cli, everywhere, open_library


@cli.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False))
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="The port to listen on; 0 takes a free one.",
)
@click.option(
    "--allow-host",
    "names",
    metavar="NAME",
    multiple=True,
    help="Another name that the server is called by; may be repeated.",
)
@click.option("--https", is_flag=True, help="It is reached by https, through a proxy.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; each holds its own model and index in memory.",
)
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    help="Write a line for each request to standard error; without this, only problems.",
)
@everywhere
@click.pass_obj
def serve(
    obj: dict[str, Any],
    folders: tuple[str, ...],
    host: str,
    port: int,
    names: tuple[str, ...],
    https: bool,
    log_format: str | None,
    workers: int,
) -> None:
    """Show the library in the browser.

    FOLDERS are linked to it, and read in the background. On this machine's own address no log-in
    is needed until there are users; on any other, a link to make the first one is printed. The
    server ends with Ctrl-C.
    """
    from lookalike.api import server

    with open_library(obj, create=True) as library:
        server.serve(
            library,
            host=host,
            port=port,
            names=names,
            folders=folders,
            https=https,
            log_format=log_format,
            workers=workers,
        )
