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
from contextlib import nullcontext
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
from lookalike.types import Filters, Relation, Term

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
@click.option("--retry-skipped", is_flag=True, help="Look again at files that were skipped.")
@_as_json
@click.pass_obj
def index(
    obj: dict[str, Any], folders: tuple[str, ...], wait: bool, retry_skipped: bool, as_json: bool
) -> None:
    """Read the pictures in FOLDERS and make them searchable.

    Files stay where they are and are never changed. Run it again to pick up what changed;
    without FOLDERS, in all folders that were indexed before.
    """
    from lookalike import shapes, terminal

    with _open(obj, create=bool(folders)) as library:
        if as_json:
            report = library.index(folders, wait=wait, retry_skipped=retry_skipped)
        else:
            with terminal.progress_shown(sys.stderr) as show:
                report = library.index(
                    folders, progress=show, wait=wait, retry_skipped=retry_skipped
                )
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

    `lookalike index` passes a removed file by until its content changes, or until
    `lookalike welcome`.
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
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@_as_json
@click.pass_obj
def welcome(obj: dict[str, Any], paths: tuple[Path, ...], as_json: bool) -> None:
    """Let removed files be indexed again.

    Without PATHS, list the files that were removed and are passed by.
    """
    from lookalike.terminal import printable

    with _open(obj) as library:
        library.welcome(paths)
        ignored = library.ignored()
    if as_json:
        _print_json({"ignored": ignored})
    elif not paths:
        for path in ignored:
            print(printable(path))


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
@_everywhere
@click.pass_obj
def serve(
    obj: dict[str, Any],
    folders: tuple[str, ...],
    host: str,
    port: int,
    names: tuple[str, ...],
    https: bool,
) -> None:
    """Show the library in the browser.

    FOLDERS are linked to it, and read in the background. On this machine's own address no log-in
    is needed until there are users; on any other, a link to make the first one is printed. The
    server ends with Ctrl-C.
    """
    from lookalike.api import server

    with _open(obj, create=True) as library:
        server.serve(library, host=host, port=port, names=names, folders=folders, https=https)


_ROLE = click.Choice(("viewer", "editor", "administrator"))


@cli.group()
@_everywhere
def users() -> None:
    """Manage the people who may sign in to the server."""


@users.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default="viewer", show_default=True, help="What they may do.")
@click.password_option(help="Their password; asked for when it is not given.")
@_as_json
@click.pass_obj
def add_user(obj: dict[str, Any], name: str, role: str, password: str, as_json: bool) -> None:
    """Let somebody sign in."""
    with _open(obj, create=True) as library:
        user = library.accounts.add_user(name, password, role)
    _show_rows("added", [{"name": user.name, "role": user.role}], as_json)


@users.command("list")
@_as_json
@click.pass_obj
def list_users(obj: dict[str, Any], as_json: bool) -> None:
    """Show who may sign in."""
    with _open(obj) as library:
        found = [{"name": user.name, "role": user.role} for user in library.accounts.users()]
    _show_rows("users", found, as_json)


@users.command("remove")
@click.argument("name")
@_as_json
@click.pass_obj
def remove_user(obj: dict[str, Any], name: str, as_json: bool) -> None:
    """Let somebody sign in no more."""
    with _open(obj) as library:
        library.accounts.remove_user(name)
    _show_rows("removed", [{"name": name}], as_json)


@cli.group()
@_everywhere
def keys() -> None:
    """Manage API keys, which programs show instead of signing in."""


@keys.command("add")
@click.argument("name")
@click.option("--role", type=_ROLE, default="viewer", show_default=True, help="What it allows.")
@_as_json
@click.pass_obj
def add_key(obj: dict[str, Any], name: str, role: str, as_json: bool) -> None:
    """Make a key and print it: it cannot be shown again."""
    with _open(obj, create=True) as library:
        key, secret = library.accounts.add_key(name, role)
    _show_rows("added", [{"id": key.id, "key": secret, "role": key.role}], as_json)


@keys.command("list")
@_as_json
@click.pass_obj
def list_keys(obj: dict[str, Any], as_json: bool) -> None:
    """Show the keys and what each allows."""
    with _open(obj) as library:
        found = [
            {"id": key.id, "key": f"{key.key_start}...", "role": key.role, "name": key.name}
            for key in library.accounts.api_keys()
            if key.revoked_at is None
        ]
    _show_rows("keys", found, as_json)


@keys.command("revoke")
@click.argument("id")
@_as_json
@click.pass_obj
def revoke_key(obj: dict[str, Any], id: str, as_json: bool) -> None:
    """Make a key useless."""
    with _open(obj) as library:
        library.accounts.revoke_key(id)
    _show_rows("revoked", [{"id": id}], as_json)


def _show_rows(name: str, rows: list[dict[str, str]], as_json: bool) -> None:
    """As JSON under `name`, or as lines with tabs between the values."""
    from lookalike.terminal import printable

    if as_json:
        _print_json({name: rows})
        return
    for row in rows:
        print("\t".join(printable(value) for value in row.values()))


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
@_as_json
@click.pass_obj
def duplicates(
    obj: dict[str, Any],
    relations: tuple[str, ...],
    min_confidence: float | None,
    again: bool,
    apart: tuple[tuple[str, str], ...],
    together: tuple[tuple[str, str], ...],
    as_json: bool,
) -> None:
    """Show groups of pictures that are copies of each other.

    Each group names the likely original and why it is taken for that, and how each of the others
    was made from it. Pictures are compared once; another call takes up what is new since. No file
    is changed.
    """
    from lookalike import shapes, terminal

    with _open(obj) as library:
        if apart or together:
            decided = sum(len(library.decide_not_duplicates(pair)) for pair in apart)
            undone = sum(library.undo_not_duplicates(pair) for pair in together)
            if as_json:
                _print_json({"decided": decided, "undone": undone})
            else:
                print(f"{decided} remembered as not duplicates, {undone} taken back")
            return
        least = min_confidence if min_confidence is not None else 0.0 if relations else 0.8
        with nullcontext(None) if as_json else terminal.progress_shown(sys.stderr) as show:
            if again:
                library.compare(again=True, progress=show)
            found = library.duplicates(relations=relations, min_confidence=least, progress=show)
    if as_json:
        _print_json(shapes.duplicates_to_json(found))
    else:
        terminal.show_duplicates(found)


@cli.command()
@click.option(
    "--min-size",
    metavar="N",
    type=click.IntRange(2),
    default=3,
    show_default=True,
    help="Only groups of at least so many pictures.",
)
@_as_json
@click.pass_obj
def groups(obj: dict[str, Any], min_size: int, as_json: bool) -> None:
    """Show groups of pictures that look alike, with a few words for each.

    The words come from the model, and are a hint. Needs the extra `groups`.
    """
    from lookalike import shapes, terminal

    with _open(obj) as library:
        found = library.groups(min_size=min_size)
    if as_json:
        _print_json(shapes.similar_groups_to_json(found))
    else:
        terminal.show_similar_groups(found)


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
