"""Calls a method of a library, and stands still at a chosen moment until it is killed.

What to do comes as JSON: `library`, `models` (a folder, or '' for the fake model), `first` (code
that runs before anything else), `call` and `given` (the method and its arguments), `moment`
(`module:name` or `module:Class.name`, '' for the end), `calls` (at which call of that) and
`is_before` (before it, or once it has done its work).
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from lookalike import Library
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder


def stand_still() -> None:
    print("now", flush=True)
    sys.stdin.readline()


def stand_still_at(moment: str, calls: int, *, is_before: bool) -> None:
    module, _, path = moment.partition(":")
    holder: Any = importlib.import_module(f"lookalike.{module}")
    *outer, name = path.split(".")
    for one in outer:
        holder = getattr(holder, one)
    real = getattr(holder, name)
    left = calls

    def counted(*given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and is_before:
            stand_still()
        answer = real(*given, **named)
        if left == 0:
            stand_still()
        return answer

    setattr(holder, name, counted)


def main(library: str, models: str, first: str, call: str, given: list[Any], **when: Any) -> None:
    exec(first)
    if when["moment"]:
        stand_still_at(when["moment"], when["calls"], is_before=when["is_before"])
    settings = Settings(models_folder=models, decode_processes=1, batch_size=4)
    embedder = None if models else FakeEmbedder()
    with Library.open(library, settings=settings, embedder=embedder) as opened:
        getattr(opened, call)(*given)
        stand_still()


if __name__ == "__main__":
    main(**json.loads(sys.argv[1]))
