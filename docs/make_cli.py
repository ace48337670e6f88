"""Writes docs/cli.md from what `--help` says.

python docs/make_cli.py
"""

from __future__ import annotations

from pathlib import Path

import click

from lookalike.cli import cli

PAGE = Path(__file__).with_name("cli.md")

INTRODUCTION = """\
# Command line

<!-- Made by `python docs/make_cli.py`; change the help texts in lookalike/cli.py instead. -->

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 failed,
2 wrong usage, 130 interrupted.

With `--json` standard output holds one JSON object, and an error is one line on standard error:
`{"error": {"code": "...", "message": "..."}}`. The results of a search look like this
(`next_cursor` is null on the last page, `relation` when nothing is certain):

```json
{
  "results": [
    {"asset_id": "01J...", "path": "/home/ada/Pictures/a.jpg", "name": "a.jpg",
     "score": 0.3127, "band": "strong", "relation": null}
  ],
  "coverage": {"indexed": 9876, "total": 9900, "pending": 0,
               "skipped": {"corrupt_image": 24}, "missing": 0, "trashed": 0},
  "took_ms": 12.3,
  "next_cursor": "AUQM..."
}
```

In a pipe a search prints a line a result: band, score, path and relation, separated by tabs. In a
terminal that can show pictures (kitty, iTerm2, any with sixel) the table has previews; the
terminal is asked what it can. `--no-previews` asks nothing.
"""


def make_page() -> str:
    """The whole page."""
    parent = click.Context(cli, info_name="lookalike", terminal_width=80)
    commands = (
        _section(f"lookalike {name}", command, parent)
        for name, command in sorted(cli.commands.items())
    )
    return "\n".join([INTRODUCTION, _section("lookalike", cli, None), *commands])


def _section(title: str, command: click.Command, parent: click.Context | None) -> str:
    name = title.split()[-1]
    context = click.Context(command, info_name=name, parent=parent, terminal_width=80)
    context.help_option_names = ["-h", "--help"]
    return f"## {title}\n\n```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
