"""Running the application under uvicorn, and saying where it is."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from lookalike.api.app import create_app
from lookalike.api.guards import LOOPBACK_HOSTS
from lookalike.api.watching import log_to
from lookalike.errors import AlreadyExists, ConfigurationError
from lookalike.library import Library

# Pages with an open stream of events do not hold up the end.
_GRACE_S = 2


def serve(
    library: Library,
    *,
    host: str,
    port: int,
    names: Sequence[str] = (),
    folders: Sequence[str] = (),
    https: bool = False,
    log_format: str | None = None,
    workers: int = 1,
) -> None:
    """Serves until it is interrupted. `names`: host names that it may be called by beside its
    own. `folders`: to link, and to read in the background. `https`: it is reached through a proxy
    that speaks https. `log_format`: of a line for each request, on standard error. `workers`:
    processes that answer. Raises ConfigurationError, FolderNotFound."""
    link_folders(library, folders)
    make = partial(
        make_app,
        hosts=[*LOOPBACK_HOSTS, host, *names],
        open_on_loopback=is_loopback(host) and not names,
        secure_cookies=https,
        log_format=log_format,
    )
    listening = _listen(host, port)
    config = uvicorn.Config(
        partial(make, library)
        if workers == 1
        else partial(open_and_make_app, make, library.folder, workers),
        factory=True,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    address = _address(listening)
    print(f"Lookalike is at {address} (Ctrl-C ends it)", flush=True)
    if not (is_loopback(host) and not names):
        _show_setup_link(library, address)
    try:
        if workers == 1:
            uvicorn.Server(config).run(sockets=[listening])
        else:
            _run_workers(config, listening)
    except KeyboardInterrupt:
        print("Ended", file=sys.stderr)
    finally:
        listening.close()


def make_app(
    library: Library, *, log_format: str | None = None, workers: int = 1, **options: Any
) -> FastAPI:
    """The application, with what it writes to; `options` are those of `create_app`."""
    log = None if log_format is None else log_to(None, log_format)
    return create_app(library, log=log, workers=workers, **options)


def open_and_make_app(make: Callable[..., FastAPI], folder: Path, workers: int) -> FastAPI:
    """The same in a worker, which opens the library by itself and closes it at its end."""
    library = Library.open(folder, create=False)
    app = make(library, workers=workers)
    around = app.router.lifespan_context

    @asynccontextmanager
    async def life(served: FastAPI) -> AsyncIterator[Any]:
        async with around(served) as state:
            yield state
        await asyncio.to_thread(library.close)

    app.router.lifespan_context = life
    return app


def _run_workers(config: uvicorn.Config, listening: socket.socket) -> None:
    """Starts the workers, and new ones for those that die; they share the numbers for
    Prometheus in files of a folder."""
    with tempfile.TemporaryDirectory(prefix="lookalike-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        Multiprocess(config, sockets=[listening]).run()


def link_folders(library: Library, folders: Sequence[str]) -> None:
    """Links them, and queues a look at all linked folders: much may have changed while no server
    ran. Raises FolderNotFound."""
    for folder in folders:
        with suppress(AlreadyExists):
            library.add_folder(folder)
    library.rescan()


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _show_setup_link(library: Library, address: str) -> None:
    """Others can reach this server: nobody gets in until somebody with this link has made the
    first administrator."""
    token = library.accounts.make_setup_link()
    if token is not None:
        print(f"Make the first administrator at {address}setup?token={token}", flush=True)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named; with it, an answer
    # in two parts may wait 40 ms for the other side.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # whoever reads the address may come at once
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"{host}:{port} cannot be listened on ({error.strerror}); choose another --port."
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
