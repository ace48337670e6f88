"""The type of a picture, by its first bytes and never by its name.

The list of signatures is short on purpose: what is not on it is not decoded. The decoder has the
last word on whether the rest of the file keeps what its beginning promises.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from types import MappingProxyType

from lookalike.errors import UnsupportedType

MIME_BY_TYPE: Mapping[str, str] = MappingProxyType(
    {
        "jpeg": "image/jpeg",
        "png": "image/png",
        "webp": "image/webp",
        "gif": "image/gif",
        "avif": "image/avif",
        "svg": "image/svg+xml",
    }
)

_DOCTYPE_END = re.compile(rb"\[[^\]]*\]\s*>|[^\[]>")
_SVG_ELEMENT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s/>]")
_MARKUP_SPACE = re.compile(rb"\s*")


def sniff(data: bytes) -> str:
    """Returns the mime type of the picture. Raises UnsupportedType."""
    for kind, matches in _SIGNATURES.items():
        if matches(data):
            return MIME_BY_TYPE[kind]
    raise UnsupportedType(f"The file is none of {', '.join(MIME_BY_TYPE)}.")


def utf8_markup(data: bytes) -> bytes:
    """`data` without byte order mark, and in UTF-8 when it is UTF-16.

    Other encodings are left as they are; they agree with ASCII on what `sniff` looks at.
    """
    if data.startswith(codecs.BOM_UTF8):
        return data[len(codecs.BOM_UTF8) :]
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith((mark, "<".encode(encoding))):
            text = data.removeprefix(mark).decode(encoding, errors="replace")
            return text.encode("utf-8", errors="replace")
    return data


def _is_jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff")


def _is_png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n")


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _is_gif(data: bytes) -> bool:
    return data.startswith((b"GIF87a", b"GIF89a"))


def _is_avif(data: bytes) -> bool:
    """Whether the file type box names AVIF: HEIC and video use the same container."""
    if data[4:8] != b"ftyp":
        return False
    box = data[: min(int.from_bytes(data[:4], "big"), 4096)]
    brands = {box[8:12], *(box[at : at + 4] for at in range(16, len(box) - 3, 4))}
    return not brands.isdisjoint({b"avif", b"avis"})


def _is_svg(data: bytes) -> bool:
    """Whether the first element is `svg`, whatever comments and declarations stand before it."""
    if data[:1] not in b"< \t\r\n\xef\xff\xfe\x00":
        return False
    markup = utf8_markup(data)
    at = _skip_space(markup, 0)
    while markup.startswith((b"<!", b"<?"), at):
        end = _end_of_declaration(markup, at)
        if end is None:
            return False
        at = _skip_space(markup, end)
    return _SVG_ELEMENT.match(markup, at) is not None


def _skip_space(markup: bytes, at: int) -> int:
    found = _MARKUP_SPACE.match(markup, at)
    return found.end() if found else at


def _end_of_declaration(markup: bytes, at: int) -> int | None:
    """Where the comment, instruction or DOCTYPE that starts at `at` ends; None: it does not."""
    if markup.startswith(b"<!--", at):
        end = markup.find(b"-->", at + 4)
        return end + 3 if end >= 0 else None
    if markup.startswith(b"<?", at):
        end = markup.find(b"?>", at + 2)
        return end + 2 if end >= 0 else None
    found = _DOCTYPE_END.search(markup, at)
    return found.end() if found else None


_SIGNATURES = {
    "jpeg": _is_jpeg,
    "png": _is_png,
    "webp": _is_webp,
    "gif": _is_gif,
    "avif": _is_avif,
    "svg": _is_svg,
}
