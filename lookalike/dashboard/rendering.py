"""Templates to HTML, and the static files under an address that changes with them."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, StreamingResponse

from lookalike.dashboard.contexts import Frame

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_HEADERS = {"cache-control": "no-store", "vary": "x-part"}
_MAIN = '<main id="main"'  # where the content of a page begins
_TAIL_LETTERS = 9  # of a name that is cut: enough for a number and the ending


class Pages:
    """Renders a context with the template of its name: SearchPage -> search_page.html."""

    def __init__(self) -> None:
        self.static = f"/static/{_digest(STATIC)}"
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["head"] = lambda name: name[:-_TAIL_LETTERS]
        self._environment.filters["tail"] = lambda name: name[-_TAIL_LETTERS:]
        self._environment.filters["together"] = _together

    def response(self, context: Any, status: int = 200) -> HTMLResponse:
        """The page or fragment; never cached, since it shows the library as it is now."""
        return HTMLResponse(self.render(context), status, headers=_HEADERS)

    def streamed(self, frame: Frame, rest: Callable[[], Awaitable[str]]) -> StreamingResponse:
        """A page that begins before its content is known: meanwhile the browser makes ready what
        surrounds it. `rest`: what `rest_of` makes of a context with the same frame."""
        top, _, _ = self._environment.get_template("base.html").render(frame=frame).partition(_MAIN)

        async def parts() -> AsyncIterator[str]:
            yield top
            yield await rest()

        return StreamingResponse(parts(), media_type="text/html", headers=_HEADERS)

    def rest_of(self, context: Any) -> str:
        """A page from its content on."""
        _, main, rest = self.render(context).partition(_MAIN)
        return main + rest

    def render(self, context: Any, template: str | None = None) -> str:
        """The HTML of a page's dataclass."""
        assert is_dataclass(context)
        values = {f.name: getattr(context, f.name) for f in fields(context)}
        name = template or f"{_snake(type(context).__name__)}.html"
        return self._environment.get_template(name).render(values)


def _together(facts: Sequence[str]) -> str:
    """Facts as one text, which breaks between them only: a page of cards has hundreds."""
    no_break = "\u00a0"
    return f" {no_break}".join(fact.replace(" ", no_break) for fact in facts if fact)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _digest(folder: Path) -> str:
    """12 letters that change when one of the files does."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:12]
