"""A Chromium whose pages nothing watches, as people have it.

A page at the same origin opens a window, sends it from address to address, and reads afterwards
what the browser has noted of it (Performance API). Only that first page is spoken to, in Chromium's
own protocol over a pipe. Playwright keeps DevTools at every page: when a navigation takes them off,
the page that is left is restyled and painted once more, some 20 ms that nobody else waits for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ARGUMENTS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")
_READ_FD, _WRITE_FD = 3, 4  # of --remote-debugging-pipe
_LOOK_EVERY_S = 0.25
_PATIENCE_S = 60.0

_OPEN = "() => { window.seen = window.open('about:blank', 'seen', 'popup'); }"
_GO = "(url) => { window.before = seen.performance.timeOrigin; seen.location.href = url; }"
_IS_DONE = """() => {
  const { document, performance } = seen;
  if (performance.timeOrigin === before || document.readyState !== "complete") return false;
  return [...document.images].every((image) => image.complete || image.loading === "lazy");
}"""
_READ = """(results) => new Promise((resolve) => {
  const { performance, document, innerWidth, innerHeight } = seen;
  const [page] = performance.getEntriesByType("navigation");
  const arrived = performance.getEntriesByType("resource")
    .filter((one) => one.name.includes("/thumbnail")).map((one) => one.responseEnd);
  const painted = new seen.PerformanceObserver((list) => {
    const first = list.getEntries().find((entry) => entry.element?.closest(results));
    resolve({
      answer: page.responseEnd, bytes: page.decodedBodySize, results: first?.startTime,
      first: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
      thumbnails: Math.max(...arrived), size: [innerWidth, innerHeight],
      visible: document.visibilityState,
    });
  });
  painted.observe({ type: "largest-contentful-paint", buffered: true });
})"""


class PlainBrowser:
    """One window, of `size_px` inside."""

    def __init__(self, pipe: _Pipe, origin: str, size_px: tuple[int, int]) -> None:
        self._pipe = pipe
        driver = pipe.call("Target.createTarget", url=f"{origin}/healthz")["targetId"]
        attached = pipe.call("Target.attachToTarget", targetId=driver, flatten=True)
        self._session = attached["sessionId"]
        time.sleep(_LOOK_EVERY_S)  # it has to be there
        self._run(_OPEN)
        self._size_px = size_px
        self._fit(driver)

    def visit(self, url: str, results: str) -> dict[str, float]:
        """Milliseconds from the start of the navigation until: `answer`, the HTML has arrived;
        `first`, something is painted; `results`, what is in an element of that selector is;
        `thumbnails`, those that were asked for have arrived. And `bytes` of HTML."""
        self._run(_GO, url)
        end_s = time.monotonic() + _PATIENCE_S
        time.sleep(_LOOK_EVERY_S)
        while not self._run(_IS_DONE):
            if time.monotonic() > end_s:
                raise TimeoutError(f"{url} did not load.")
            time.sleep(_LOOK_EVERY_S)
        time.sleep(_LOOK_EVERY_S)
        seen: dict[str, Any] = self._run(_READ, results)
        size, visible = seen.pop("size"), seen.pop("visible")
        assert (tuple(size), visible) == (self._size_px, "visible"), (size, visible)
        return seen

    def _fit(self, driver: str) -> None:
        """Twice: the first time shows how much the window's frame takes."""
        targets = self._pipe.call("Target.getTargets")["targetInfos"]
        (opened,) = [t["targetId"] for t in targets if t.get("openerId") == driver]
        window = self._pipe.call("Browser.getWindowForTarget", targetId=opened)["windowId"]
        width_px, height_px = self._size_px
        for _ in range(2):
            bounds = {"width": width_px, "height": height_px}
            self._pipe.call("Browser.setWindowBounds", windowId=window, bounds=bounds)
            time.sleep(0.5)
            inner = self._run("() => [seen.innerWidth, seen.innerHeight]")
            width_px += self._size_px[0] - inner[0]
            height_px += self._size_px[1] - inner[1]

    def _run(self, function: str, *arguments: str) -> Any:
        given = ", ".join(json.dumps(one) for one in arguments)
        answer = self._pipe.call(
            "Runtime.evaluate",
            self._session,
            expression=f"({function})({given})",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")


class _Pipe:
    """Calls to the browser, one at a time."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._from, self._to = os.fdopen(read_fd, "rb", 0), os.fdopen(write_fd, "wb", 0)
        self._buffer = b""
        self._calls = 0

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        message = {"id": self._calls, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._calls:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def close(self) -> None:
        self._from.close()
        self._to.close()

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = self._from.read(1 << 16)
            if not data:
                raise EOFError("Chromium has ended.")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


@contextmanager
def plain_browser(origin: str, size_px: tuple[int, int]) -> Iterator[PlainBrowser]:
    """For the pages of `origin`, with a profile of its own."""
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    assert chromium is not None
    to_browser, from_browser = os.pipe(), os.pipe()

    def place() -> None:  # first out of the way, since these may be 3 and 4 themselves
        ends = [os.dup2(to_browser[0], 100), os.dup2(from_browser[1], 101)]
        for end, fd in zip(ends, (_READ_FD, _WRITE_FD), strict=True):
            os.dup2(end, fd)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [chromium, *_ARGUMENTS, f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=place,
            close_fds=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser[0])
        os.close(from_browser[1])
        pipe = _Pipe(from_browser[0], to_browser[1])
        try:
            yield PlainBrowser(pipe, origin, size_px)
        finally:
            process.kill()
            process.wait()
            pipe.close()
