"""SVG drawings: what an untrusted one may hold, and their pixels.

librsvg draws them: of the renderers that were tried it alone neither follows references to other
files nor expands entities. It can still be kept busy for long: draw strangers' files in a process
that can be stopped, such as those of `sandbox`.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from PIL import Image

from lookalike.errors import CorruptImage, UnsafeSvg
from lookalike.images.sniff import utf8_markup

MAX_SVG_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 100
MAX_SIDE_PX = 1024
# Small icons are drawn larger than they say: a drawing has detail at every size.
MIN_LONG_SIDE_PX = 512
TIMEOUT_S = 5.0

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENCODINGS = frozenset(
    {"utf-8", "utf8", "utf-16", "us-ascii", "ascii", "iso-8859-1", "latin1", "windows-1252"}
)


def rasterise(data: bytes) -> tuple[Image.Image, int, int]:
    """Draws the SVG on white, longest side at most MAX_SIDE_PX.

    Returns the RGB picture and the width and height in pixels that the file asks for.
    Raises UnsafeSvg, CorruptImage.
    """
    drawing = checked(data)
    import pyvips

    try:
        header = pyvips.Image.svgload_buffer(drawing)
        width_px, height_px = header.width, header.height
        scale = min(
            max(MIN_LONG_SIDE_PX / max(width_px, height_px), 1.0),
            MAX_SIDE_PX / max(width_px, height_px),
        )
        drawn = pyvips.Image.svgload_buffer(drawing, scale=scale)
        if drawn.hasalpha():
            drawn = drawn.flatten(background=[255, 255, 255])
        pixels = drawn.write_to_memory()
    except pyvips.Error as error:
        raise CorruptImage(f"The SVG cannot be drawn: {_last_line(error)}") from error
    return Image.frombytes("RGB", (drawn.width, drawn.height), pixels), width_px, height_px


def checked(data: bytes) -> bytes:
    """The drawing as UTF-8 without XML declaration, so that librsvg reads what was checked.

    Raises UnsafeSvg for size, DOCTYPE, entities and depth; CorruptImage when it is not XML.
    """
    if len(data) > MAX_SVG_BYTES:
        raise UnsafeSvg(
            f"The SVG has {len(data):,} bytes; drawings of up to {MAX_SVG_BYTES:,} are used."
        )
    drawing = _in_utf8(data)
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def enter(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise UnsafeSvg(f"The SVG nests its elements more than {MAX_DEPTH} deep.")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = enter
    parser.EndElementHandler = leave
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(drawing, True)
    except expat.ExpatError as error:
        raise CorruptImage(f"The SVG is not well-formed XML: {error}") from error
    return drawing


def _refuse_doctype(*_arguments: object) -> None:
    raise UnsafeSvg("The SVG has a DOCTYPE, which may define entities; remove it to use the file.")


def _in_utf8(data: bytes) -> bytes:
    markup = utf8_markup(data)
    declaration = _DECLARATION.match(markup)
    if declaration is None:
        return markup
    body = markup[declaration.end() :]
    named = _ENCODING.search(declaration[0])
    encoding = named[1].decode("ascii").lower() if named else "utf-8"
    if encoding not in _ENCODINGS:
        raise UnsafeSvg(f"The SVG is written in {encoding}; save it as UTF-8 to use it.")
    # UTF-16 was turned to UTF-8 by its byte order mark, whatever the declaration says.
    if markup is not data or encoding in {"utf-8", "utf8", "utf-16", "us-ascii", "ascii"}:
        return body
    return body.decode(encoding, errors="replace").encode("utf-8")


def _last_line(error: Exception) -> str:
    return str(error).strip().splitlines()[-1][:200] if str(error).strip() else "no reason given"
