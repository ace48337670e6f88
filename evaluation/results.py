"""Results for a person, and for a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

Row = Mapping[str, float]


def show(results: Mapping[str, Row], model_id: str, file: Path | None = None) -> None:
    """Prints a block for each part; writes JSON to `file` too."""
    print(f"model {model_id}")
    for name, row in results.items():
        print(f"\n{name}")
        for what, value in row.items():
            print(
                f"  {what:24} {value:.3f}" if isinstance(value, float) else f"  {what:24} {value}"
            )
    if file:
        written = {"model": model_id, **{name: dict(row) for name, row in results.items()}}
        file.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
