"""A contact sheet of queries: what was looked for, and what came first."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from evaluation.relevance import Captioned

SIDE_PX, TEXT_PX, GAP_PX = 120, 240, 8
SHOWN = 6  # of the first results
OWN, RIGHT = "#0f6f67", "#1b1c1a"


def worst(captioned: Captioned, count: int) -> list[tuple[int, int]]:
    """(query, rank of its own picture from 1), the highest ranks first, one query a picture."""
    scores = captioned.words @ captioned.pictures.T
    own = scores[np.arange(len(scores)), captioned.own]
    ranks = (scores > own[:, None]).sum(1) + 1
    found: dict[int, tuple[int, int]] = {}
    for query in np.argsort(-ranks, kind="stable").tolist():
        found.setdefault(int(captioned.own[query]), (query, int(ranks[query])))
        if len(found) == count:
            break
    return list(found.values())


def draw(
    captioned: Captioned, queries: Sequence[tuple[int, int]], read: Callable[[str], bytes]
) -> Image.Image:
    """A row a query: its words, its own picture with the rank, and the first results."""
    step = SIDE_PX + GAP_PX
    sheet = Image.new("RGB", (TEXT_PX + (SHOWN + 1) * step + GAP_PX, len(queries) * step), "white")
    pen = ImageDraw.Draw(sheet)
    for row, (query, rank) in enumerate(queries):
        top = row * step
        words = "\n".join(textwrap.wrap(captioned.captions[query], 38))
        pen.text((GAP_PX, top + GAP_PX), f"{words}\n\nrank {rank}", fill=RIGHT)
        own = int(captioned.own[query])
        _paste(sheet, read(captioned.files[own]), TEXT_PX, top)
        pen.rectangle(
            (TEXT_PX, top, TEXT_PX + SIDE_PX - 1, top + SIDE_PX - 1), outline=OWN, width=4
        )
        best = np.argsort(-(captioned.pictures @ captioned.words[query]))[:SHOWN]
        for place, number in enumerate(best.tolist(), start=1):
            _paste(sheet, read(captioned.files[number]), TEXT_PX + place * step + GAP_PX, top)
    return sheet


def save(captioned: Captioned, count: int, read: Callable[[str], bytes], file: Path) -> None:
    """The `count` worst queries."""
    draw(captioned, worst(captioned, count), read).save(file)


def _paste(sheet: Image.Image, data: bytes, left: int, top: int) -> None:
    with Image.open(io.BytesIO(data)) as picture:
        sheet.paste(picture.convert("RGB").resize((SIDE_PX, SIDE_PX)), (left, top))
