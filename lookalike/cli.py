"""The command line: thin commands over `Library`.

Results go to stdout, everything else to stderr. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. With --json an error is one line of JSON on stderr.
Only click is imported here: `lookalike --help` must come at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lookalike import __version__
from lookalike.errors import (
    BadSetting,
    LookalikeError,
    QueryError,
    UrlRejected,
)
from lookalike.types import Filters, Term

if TYPE_CHECKING:
    from lookalike.library import Library

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

# What a person typed can be the cause of these; the rest is the state of the world.
_USAGE_ERRORS = (QueryError, UrlRejected, BadSetting)

# Enough to push what is unwanted down without turning the search into its opposite.
MINUS_WEIGHT = -0.5

_TYPES = ("jpeg", "png", "webp", "gif", "avif", "svg")
_DATE_FORMATS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")

_F = TypeVar("_F", bound=Any)


def _set_folder(context: click.Context, _option: click.Parameter, folder: Path | None) -> None:
    if folder is not None:
        context.find_root().ensure_object(dict)["folder"] = folder.expanduser()


def _everywhere(command: _F) -> _F:
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


def _as_json(command: _F) -> _F:
    """Adds --json and the options of every command."""
    option = click.option("as_json", "--json", is_flag=True, help="Print JSON.")
    decorated: _F = option(_everywhere(command))
    return decorated


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lookalike", message="%(prog)s %(version)s")
@_everywhere
@click.pass_context
def cli(context: click.Context) -> None:
    """Find pictures by what they look like."""
    context.ensure_object(dict)


@cli.command()
@click.argument("folders", nargs=-1, type=click.Path(exists=True, file_okay=False))
@click.option("--wait", is_flag=True, help="Wait while another process indexes this library.")
@_as_json
@click.pass_obj
def index(obj: dict[str, Any], folders: tuple[str, ...], wait: bool, as_json: bool) -> None:
    """Read the pictures in FOLDERS and make them searchable.

    Files stay where they are and are never changed. Run it again to pick up what changed;
    without FOLDERS, in all folders that were indexed before.
    """
    from lookalike import shapes, terminal

    with _open(obj, create=bool(folders)) as library:
        if as_json:
            report = library.index(folders, wait=wait)
        else:
            with terminal.progress_shown(sys.stderr) as show:
                report = library.index(folders, progress=show, wait=wait)
    if as_json:
        _print_json(shapes.report_to_json(report))
    else:
        terminal.show_report(report)
    if report.interrupted:
        raise click.exceptions.Exit(INTERRUPTED)


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
    "--previews/--no-previews",
    default=True,
    show_default=True,
    help="Show small pictures where the terminal can.",
)
@_as_json
@click.pass_obj
def search(
    obj: dict[str, Any],
    /,
    words: tuple[str, ...],
    images: tuple[Path, ...],
    urls: tuple[str, ...],
    likes: tuple[str, ...],
    minus_words: tuple[str, ...],
    minus_images: tuple[Path, ...],
    minus_likes: tuple[str, ...],
    limit: int,
    cursor: str | None,
    previews: bool,
    as_json: bool,
    **conditions: Any,
) -> None:
    """Find pictures by WORDS, by pictures, or by both at once.

    What is given is added up, and what --minus options name is taken away. WORDS, --image, --url
    and --like weigh alike. A query of --minus options alone finds what is least like them.
    """
    from lookalike import shapes, terminal

    filters = _filters(**conditions)
    with _open(obj) as library:
        terms = [Term.text(" ".join(words))] if words else []
        terms += [library.image_term(path) for path in images]
        terms += [Term.url(url) for url in urls]
        terms += [Term.like(asset) for asset in likes]
        terms += [Term.text(text, weight=MINUS_WEIGHT) for text in minus_words]
        terms += [library.image_term(path, weight=MINUS_WEIGHT) for path in minus_images]
        terms += [Term.like(asset, weight=MINUS_WEIGHT) for asset in minus_likes]
        found = library.search(terms, filters=filters, limit=limit, cursor=cursor)
        if as_json:
            _print_json(shapes.found_to_json(found))
        else:
            terminal.show_found(found, library.thumbnail if previews else None)


@cli.command()
@click.option("--skipped", is_flag=True, help="Name every skipped file, not just a few.")
@_as_json
@click.pass_obj
def status(obj: dict[str, Any], skipped: bool, as_json: bool) -> None:
    """Show what is searchable, and what is not and why.

    Also the model, the indexed folders, and what the library takes on disk.
    """
    from lookalike import shapes, terminal

    with _open(obj) as library:
        now = library.status()
        named = library.skipped(each=None if skipped else 3)
    if as_json:
        _print_json(shapes.status_to_json(now, named))
    else:
        terminal.show_status(now, named)


@cli.command()
@click.argument("assets", metavar="PATH|ID...", nargs=-1, required=True)
@_as_json
@click.pass_obj
def remove(obj: dict[str, Any], assets: tuple[str, ...], as_json: bool) -> None:
    """Forget pictures. Their files stay where they are.

    A file that is still in an indexed folder is found again by the next `lookalike index`,
    unless it is moved away or ignored.
    """
    from lookalike.terminal import place_of

    with _open(obj) as library:
        removed = library.remove(assets)
    if as_json:
        _print_json({"removed": [{"asset_id": a.id, "path": a.path} for a in removed]})
    else:
        for asset in removed:
            print(f"removed {place_of(asset)}")


@cli.command()
@_as_json
@click.pass_obj
def rebuild(obj: dict[str, Any], as_json: bool) -> None:
    """Build the search index anew from the database."""
    with _open(obj) as library:
        count = library.rebuild()
    if as_json:
        _print_json({"vectors": count})
    else:
        print(f"Rebuilt the index from {count:,} vectors")


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and exits."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end the program.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough; Python must not complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FAILED
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    """Exit code of the command; says what went wrong."""
    as_json, debug = "--json" in arguments, "--debug" in arguments
    try:
        code = cli.main(arguments, prog_name="lookalike", standalone_mode=False)
    except BrokenPipeError:
        raise
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return WRONG_USAGE
    except click.ClickException as error:
        _complain("usage", error.format_message(), as_json)
        return WRONG_USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted", err=True)
        return INTERRUPTED
    except Exception as error:
        if debug:
            raise
        return _report_error(error, as_json)
    return code if isinstance(code, int) else 0


def _report_error(error: Exception, as_json: bool) -> int:
    from lookalike.shapes import code_of

    if isinstance(error, LookalikeError | OSError):
        message = str(error)
    else:
        message = f"{type(error).__name__}: {error} (a bug; --debug shows where)"
    _complain(code_of(error), message, as_json)
    return WRONG_USAGE if isinstance(error, _USAGE_ERRORS) else FAILED


def _complain(code: str, message: str, as_json: bool) -> None:
    """One line on stderr."""
    from lookalike.shapes import error_to_json
    from lookalike.terminal import printable

    line = " ".join(message.split())
    if as_json:
        click.echo(json.dumps(error_to_json(code, line)), err=True)
    else:
        click.echo(f"lookalike: {printable(line)}", err=True)


def _open(obj: dict[str, Any], *, create: bool = False) -> Library:
    from lookalike.library import Library

    return Library.open(obj.get("folder"), create=create)


def _filters(*, after: datetime | None, before: datetime | None, **conditions: Any) -> Filters:
    """Dates are taken as UTC, as the times of pictures are."""
    return Filters(
        after=after.replace(tzinfo=UTC) if after else None,
        before=before.replace(tzinfo=UTC) if before else None,
        **conditions,
    )


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2))


if __name__ == "__main__":
    main()
