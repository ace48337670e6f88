"""What people write into a picture's file: title, description, keywords, whose it is.

Programs write it as XMP, as IPTC or as both; XMP is the younger, without limits of length.
"""

from __future__ import annotations

from xml.parsers import expat

from PIL import Image
from PIL.IptcImagePlugin import getiptcinfo
from PIL.JpegImagePlugin import JpegImageFile

MAX_XMP_BYTES = 512 * 1024  # usual ones have about ten thousand
_DC = "http://purl.org/dc/elements/1.1/"
_ITEM = "http://www.w3.org/1999/02/22-rdf-syntax-ns# li"
_PROPERTIES = {
    f"{_DC} title": "title",
    f"{_DC} description": "description",
    f"{_DC} creator": "creator",
    f"{_DC} rights": "copyright",
    f"{_DC} subject": "keywords",
}
_LENS = "http://ns.adobe.com/exif/1.0/aux/ Lens"
_UTF_8 = b"\x1b%G"  # the escape sequence that says so


def read_xmp(image: Image.Image) -> dict[str, object]:
    """Values by the names of `PhotoFacts`, not checked; {} where there is no XMP.

    Raises expat's error for what is no XML, or has a DOCTYPE, and so might have entities.
    """
    packet = image.info.get("xmp")
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if not isinstance(packet, bytes) or not 0 < len(packet) <= MAX_XMP_BYTES:
        return {}
    reader = _XmpReader()
    reader.read(packet.strip(b"\0 \r\n\t"))
    found: dict[str, object] = {
        name: texts[0] if name != "creator" else ", ".join(texts)
        for name, texts in reader.texts.items()
        if name != "keywords" and texts
    }
    return found | {"keywords": reader.texts["keywords"], "lens": reader.lens}


def read_iptc(image: Image.Image) -> dict[str, object]:
    """As `read_xmp`, of the older kind. Raises what Pillow's reader does."""
    if not isinstance(image, JpegImageFile):
        return {}
    records = getiptcinfo(image) or {}
    charset = records.get((1, 90))
    is_utf_8 = isinstance(charset, bytes) and _UTF_8 in charset

    def texts(number: int) -> list[str]:
        value = records.get((2, number), [])
        return [_decode(one, is_utf_8) for one in (value if isinstance(value, list) else [value])]

    return {
        "title": "".join(texts(5)[:1]),
        "keywords": texts(25),
        "creator": ", ".join(texts(80)),
        "copyright": "".join(texts(116)[:1]),
        "description": "".join(texts(120)[:1]),
    }


class _XmpReader:
    """Gathers the texts of the properties that are wanted, wherever they stand."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {name: [] for name in _PROPERTIES.values()}
        self.lens = ""
        self._inside: str | None = None  # the property that is being read
        self._depth = 0  # of elements inside it
        self._text: list[str] = []

    def read(self, packet: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read_text
        parser.Parse(packet, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.lens = self.lens or attributes.get(_LENS, "")
        if self._inside is not None:
            self._depth += 1
        else:
            self._inside = _PROPERTIES.get(name)
        self._text = []

    def _end(self, name: str) -> None:
        if self._inside is None:
            return
        text = "".join(self._text).strip()
        if text and (name == _ITEM or self._depth == 0):
            self.texts[self._inside].append(text)
        self._text = []
        if self._depth == 0:
            self._inside = None
        else:
            self._depth -= 1

    def _read_text(self, text: str) -> None:
        if self._inside is not None:
            self._text.append(text)


def _refuse(*_declared: object) -> None:
    raise expat.ExpatError("XMP has no DOCTYPE.")


def _decode(data: bytes, is_utf_8: bool) -> str:
    """Without a word about the charset it is UTF-8 or, by old programs, Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8" if is_utf_8 else "latin-1", "replace")
