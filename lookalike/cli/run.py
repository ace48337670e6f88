"""Running a command and saying what went wrong."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence

import click

from lookalike.cli.root import cli
from lookalike.errors import BadSetting, LookalikeError, QueryError, UrlRejected

FAILED, WRONG_USAGE, INTERRUPTED = 1, 2, 130

# What a person typed can be the cause of these; the rest is the state of the world.
_USAGE_ERRORS = (QueryError, UrlRejected, BadSetting)


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
