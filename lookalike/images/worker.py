"""The inside of a decoding process: reads a source, answers with a picture, until nobody asks.

It runs in an interpreter of its own, with limits that the kernel enforces, so that they hold even
in the middle of a decoder and even when the owner of the process is gone.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import signal
import stat
import sys
import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

from PIL import AvifImagePlugin

from lookalike.errors import CorruptImage, DecodeTimeout, ImageError, TooManyBytes, UnsupportedType
from lookalike.images import messages, svg
from lookalike.images.decode import Limits, check_size, read_facts
from lookalike.images.picture import Picture, Region, prepare
from lookalike.images.sniff import MIME_BY_TYPE, sniff
from lookalike.photo_facts import PhotoFacts
from lookalike.types import Fitting

CPU_LIMIT_S = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What a process is told once, at its start."""

    max_bytes: int
    max_pixels: int
    max_avif_pixels: int
    side_px: int
    fitting: Fitting
    timeout_s: float
    max_memory_bytes: int
    positions: bool = True  # whether to tell where pictures were taken

    @property
    def limits(self) -> Limits:
        """The part that concerns pictures."""
        return Limits(
            max_bytes=self.max_bytes,
            max_pixels=self.max_pixels,
            max_avif_pixels=self.max_avif_pixels,
        )

    def to_arguments(self) -> list[str]:
        """As words of a command line."""
        words = asdict(self) | {
            "fitting": f"{self.fitting.crop:d},{self.fitting.resample}",
            "positions": f"{self.positions:d}",
        }
        return [f"{name}={value}" for name, value in words.items()]

    @classmethod
    def from_arguments(cls, arguments: list[str]) -> Orders:
        """Reads what `to_arguments` wrote."""
        words = dict(argument.split("=", 1) for argument in arguments)
        timeout_s = float(words.pop("timeout_s"))
        crop, resample = words.pop("fitting").split(",")
        positions = words.pop("positions") == "1"
        return cls(
            timeout_s=timeout_s,
            fitting=Fitting(crop=crop == "1", resample=resample),
            positions=positions,
            **{name: int(value) for name, value in words.items()},
        )


def main(arguments: list[str]) -> None:
    """Serves the owner over the socket that is this process's standard input."""
    orders = Orders.from_arguments(arguments)
    connection = Connection(os.dup(0))
    _limit_process(orders.max_memory_bytes)
    with contextlib.suppress(EOFError, OSError):  # the owner is gone or wants no more
        connection.send_bytes(messages.READY)
        while True:
            _answer(connection, *messages.receive_source(connection), orders)


def read_file(path: Path, limits: Limits) -> bytes:
    """The bytes of a regular file. Raises OSError, TooManyBytes, CorruptImage, UnsupportedType.

    A file that is too large is not read; pipes, devices and sockets are not even opened.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnsupportedType(f"{path} is not a regular file.")
    # The path may lead elsewhere by now: a pipe would not block, and is refused below.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise UnsupportedType(f"{path} is not a regular file.")
        check_size(found.st_size, limits)
        data = file.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise TooManyBytes(f"The file grew over the limit of {limits.max_bytes:,} bytes.")
    return data


def _answer(
    connection: Connection,
    source: Path | bytes,
    region: Region | None,
    only_facts: bool,
    orders: Orders,
) -> None:
    try:
        with _time_limited(orders.timeout_s):
            data = source if isinstance(source, bytes) else read_file(source, orders.limits)
            answer = _read(data, orders) if only_facts else _prepare(data, region, orders)
    except (ImageError, OSError) as error:
        messages.send_error(connection, error)
    except MemoryError:
        messages.send_error(
            connection, DecodeTimeout("Decoding needs more memory than a picture may use.")
        )
    except Exception as error:  # one picture must never cost the run
        messages.send_error(
            connection, CorruptImage(f"Cannot be processed: {type(error).__name__}: {error}"[:200])
        )
    else:
        if isinstance(answer, PhotoFacts):
            messages.send_facts(connection, answer)
        else:
            messages.send_picture(connection, answer)


def _read(data: bytes, orders: Orders) -> PhotoFacts:
    facts = read_facts(data, orders.limits)
    return facts if orders.positions else facts.without_position()


def _prepare(data: bytes, region: Region | None, orders: Orders) -> Picture:
    if len(data) <= svg.MAX_SVG_BYTES and sniff(data) == MIME_BY_TYPE["svg"]:
        signal.setitimer(signal.ITIMER_REAL, min(svg.TIMEOUT_S, orders.timeout_s))
    picture = prepare(
        data, orders.limits, side_px=orders.side_px, fitting=orders.fitting, region=region
    )
    if orders.positions:
        return picture
    return replace(picture, facts=picture.facts.without_position())


@contextlib.contextmanager
def _time_limited(timeout_s: float) -> Iterator[None]:
    """Limits the time of what is done inside; the kernel ends the process when one is passed."""
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    _allow_cpu(CPU_LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_process(max_memory_bytes: int) -> None:
    warnings.simplefilter("ignore")
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # the pool itself uses all cores
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the owner's business
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS accepts no such limit
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        most = max_memory_bytes
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _allow_cpu(seconds: float) -> None:
    """Lets the process use this much more processor time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
