"""A real browser against a real server on loopback, with a library that the tests make."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from lookalike.api.app import create_app
from lookalike.arrays import Float32s
from lookalike.fetch import Fetcher
from lookalike.library import Library
from lookalike.parts import Part
from lookalike.settings import Settings
from lookalike.testing import FakeEmbedder
from tests.dashboard.scenes import write_pictures

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium")) or "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATCHES = 6
expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
SETTINGS = Settings(decode_processes=1)


class CalmEmbedder(FakeEmbedder):
    """Its background is finer, so that a picture in the colour of the query stands out, and one
    that has it in half is likely."""

    @property
    def background(self) -> Float32s:
        random = np.random.default_rng(7)
        patches = random.integers(0, 256, (64, PATCHES, PATCHES, 3), dtype=np.uint8)
        return self.embed_images(
            patches.repeat(48 // PATCHES, axis=1).repeat(48 // PATCHES, axis=2)
        )


@dataclass(frozen=True)
class Site:
    """A served library."""

    url: str
    library: Library


@contextmanager
def served(library: Library, **options: bool) -> Iterator[Site]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        app = create_app(library, **options)
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", library)
        finally:
            app.state.ending.announce()  # as a signal would
            server.should_exit = True
            thread.join()


def allow_loopback(library: Library) -> None:
    """Lets this library fetch from loopback, where the test's own server is."""
    library._fetcher = Part(
        lambda: Fetcher(
            max_bytes=library.settings.max_fetch_bytes,
            timeout_s=10,
            max_redirects=3,
            any_port=True,
            allow_networks=["127.0.0.1/32"],
        )
    )


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures") / "album"
    write_pictures(folder)
    return folder


@pytest.fixture(scope="session")
def site(pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pictures, indexed and served. Tests that change anything make a site of their own."""
    folder = tmp_path_factory.mktemp("library") / "library"
    with Library.open(folder, settings=SETTINGS, embedder=CalmEmbedder()) as library:
        library.index([pictures])
        allow_loopback(library)
        with served(library) as site:
            yield site


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Serves a library of one's own: make_site(pictures, open_on_loopback=..., **settings)."""
    from contextlib import ExitStack

    with ExitStack() as stack:

        def make(*folders: Path, open_on_loopback: bool = True, **settings: object) -> Site:
            chosen = replace(SETTINGS, **settings)  # type: ignore[arg-type]
            library = stack.enter_context(
                Library.open(tmp_path / "library", settings=chosen, embedder=CalmEmbedder())
            )
            if folders:
                library.index(list(folders))
            return stack.enter_context(served(library, open_on_loopback=open_on_loopback))

        yield make


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab in which no script may fail and nothing may break the content policy."""
    page = context.new_page()
    problems: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # A refused request is the subject of some tests; a script or style that is refused never.
        if message.type == "error" and "Failed to load resource" not in message.text:
            problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []


@pytest.fixture
def picture_server() -> Iterator[Callable[[bytes], str]]:
    """Serves bytes on loopback: picture_server(data) is their address."""
    answers: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = answers.get(self.path)
            self.send_response(200 if data else 404)
            self.send_header("content-length", str(len(data or b"")))
            self.end_headers()
            self.wfile.write(data or b"")

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def add(data: bytes) -> str:
        path = f"/picture-{len(answers)}.png"
        answers[path] = data
        return f"http://127.0.0.1:{server.server_port}{path}"

    yield add
    server.shutdown()
    thread.join()
    server.server_close()
