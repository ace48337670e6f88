"""Writes docs/cli.md from what `--help` says.

python docs/make_cli.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from lookalike.cli import cli

PAGE = Path(__file__).with_name("cli.md")

INTRODUCTION = """\
# Command line

<!-- Made by `python docs/make_cli.py`; change the help texts in lookalike/cli/ instead. -->

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

`duplicates --json` gives the groups of copies; each relation is to the group's original:

```json
{
  "groups": [
    {"confidence": 0.98, "original": "01J...", "reason": "it has the most pixels", "note": "",
     "assets": [
       {"asset_id": "01J...", "path": "/home/ada/Pictures/a.jpg",
        "relation": "original", "confidence": 1.0},
       {"asset_id": "01K...", "path": "/home/ada/Pictures/a-small.jpg",
        "relation": "resized", "confidence": 0.98}
     ]}
  ],
  "coverage": {}
}
```

`groups --json` gives `{"groups": [{"label", "cover", "size", "assets"}], "single", "coverage"}`,
where `cover` and `assets` are ids. What relations mean: [duplicates.md](duplicates.md).

In a pipe a search prints a line a result: band, score, path and relation, separated by tabs. In a
terminal that can show pictures (kitty, iTerm2, any with sixel) the table has previews; the
terminal is asked what it can. `--no-previews` asks nothing.
"""


def make_page() -> str:
    """The whole page."""
    parent = click.Context(cli, info_name="lookalike", terminal_width=80)
    commands = (
        section
        for name, command in sorted(cli.commands.items())
        for section in _sections(f"lookalike {name}", command, parent)
    )
    return "\n".join([INTRODUCTION, _section("lookalike", cli, None), *commands])


def _sections(title: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    """A command, and those inside it."""
    yield _section(title, command, parent)
    if isinstance(command, click.Group):
        inside = click.Context(command, info_name=title.split()[-1], parent=parent)
        for name, inner in sorted(command.commands.items()):
            yield from _sections(f"{title} {name}", inner, inside)


def _section(title: str, command: click.Command, parent: click.Context | None) -> str:
    name = title.split()[-1]
    context = click.Context(command, info_name=name, parent=parent, terminal_width=80)
    context.help_option_names = ["-h", "--help"]
    return f"## {title}\n\n```\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(make_page(), encoding="utf-8")
