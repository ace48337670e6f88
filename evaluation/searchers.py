"""Many searchers at once: over HTTP against a server, and as threads around the search itself.

The HTTP searchers are tasks of one process that do little more than write a request and read its
answer, so that they leave the processor to the server.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from urllib.parse import quote_plus, urlsplit

from evaluation.made_library import queries
from lookalike.library import Library


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """What so many searchers got done."""

    what: str
    searchers: int
    wall_s: float
    searches: int
    errors: int
    per_s: float
    p50_ms: float
    p95_ms: float


def ask_over_http(what: str, url: str, path: str, searchers: int, wall_s: float) -> Crowd:
    """`path`: of a search, to which the words are added."""
    return asyncio.run(_ask_over_http(what, url, path, searchers, wall_s))


def ask_library(library: Library, limit: int, searchers: int, wall_s: float) -> Crowd:
    """The same with threads that call the library, in this process."""
    said, took_s, errors = _Words(), [], []
    until_s = time.monotonic() + wall_s

    def search() -> None:
        while time.monotonic() < until_s:
            began_s = time.monotonic()
            try:
                library.search(said.next(), limit=limit)
            except Exception as error:
                errors.append(error)
            took_s.append(time.monotonic() - began_s)

    began_s = time.monotonic()
    threads = [threading.Thread(target=search) for _ in range(searchers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return _sum_up("search core", searchers, time.monotonic() - began_s, took_s, len(errors))


class _Words:
    """Hands out different words to every searcher."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: Iterator[str] = itertools.islice(queries(), 40, None)

    def next(self) -> str:
        with self._lock:
            return next(self._queries)


async def _ask_over_http(what: str, url: str, path: str, searchers: int, wall_s: float) -> Crowd:
    said, took_s, errors = _Words(), [], []
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    until_s = time.monotonic() + wall_s

    async def search() -> None:
        reader, writer = await asyncio.open_connection(host, port, limit=1 << 20)
        try:
            while time.monotonic() < until_s:
                began_s = time.monotonic()
                target = path + quote_plus(said.next())
                writer.write(f"GET {target} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
                status = await _read_answer(reader)
                took_s.append(time.monotonic() - began_s)
                if status != 200:
                    errors.append(status)
        finally:
            writer.close()

    began_s = time.monotonic()
    ended = await asyncio.gather(*(search() for _ in range(searchers)), return_exceptions=True)
    errors += [error for error in ended if error is not None]
    return _sum_up(what, searchers, time.monotonic() - began_s, took_s, len(errors))


async def _read_answer(reader: asyncio.StreamReader) -> int:
    """The status; the body is read and dropped."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    if headers.get("transfer-encoding") == "chunked":
        size = -1
        while size:
            size = int(await reader.readline(), 16)
            await reader.readexactly(size + 2)
    else:
        await reader.readexactly(int(headers["content-length"]))
    return int(lines[0].split()[1])


def sum_up(turns: Sequence[Crowd]) -> Crowd:
    """Of one crowd that searched in turns. Percentiles are the means of theirs."""
    wall_s = sum(turn.wall_s for turn in turns)
    searches = sum(turn.searches for turn in turns)
    return replace(
        turns[0],
        wall_s=round(wall_s, 1),
        searches=searches,
        errors=sum(turn.errors for turn in turns),
        per_s=round(searches / wall_s, 1),
        p50_ms=round(fmean(turn.p50_ms for turn in turns), 1),
        p95_ms=round(fmean(turn.p95_ms for turn in turns), 1),
    )


def _sum_up(what: str, searchers: int, wall_s: float, took_s: list[float], errors: int) -> Crowd:
    ordered = sorted(took_s)
    return Crowd(
        what=what,
        searchers=searchers,
        wall_s=round(wall_s, 1),
        searches=len(ordered),
        errors=errors,
        per_s=round(len(ordered) / wall_s, 1),
        p50_ms=round(ordered[len(ordered) // 2] * 1000, 1),
        p95_ms=round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
    )
