"""What the file of a picture says about how it was taken and what it shows.

Files are written by strangers' programs: every value is checked here before it is kept, and once
more when it comes back from a decoding process, so that nothing else needs to.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

MAX_NAME = 200  # letters
MAX_TEXT = 4000
MAX_KEYWORDS = 64
_LONG = frozenset({"description"})
# Lowest and highest of what a value can be; what is outside was never measured.
_RANGES = {
    "f_number": (0.1, 1000.0),
    "exposure_s": (1e-7, 1e7),
    "iso": (1.0, 1e8),
    "focal_mm": (0.1, 1e5),
    "focal_35_mm": (0.1, 1e5),
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "altitude_m": (-12_000.0, 1e6),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PhotoFacts:
    """Texts are '' and numbers None where the file says nothing."""

    make: str = ""  # of the camera
    model: str = ""
    lens: str = ""
    f_number: float | None = None
    exposure_s: float | None = None
    iso: float | None = None
    focal_mm: float | None = None
    focal_35_mm: float | None = None  # of the lens that sees as much on 35 mm film
    latitude: float | None = None  # degrees, north and east are positive
    longitude: float | None = None
    altitude_m: float | None = None  # above the sea
    title: str = ""
    description: str = ""
    creator: str = ""
    copyright: str = ""
    keywords: tuple[str, ...] = ()

    def is_empty(self) -> bool:
        """Whether the file says nothing."""
        return self == NO_FACTS

    def without_position(self) -> PhotoFacts:
        """The same, but not where."""
        return replace(self, latitude=None, longitude=None, altitude_m=None)


NO_FACTS = PhotoFacts()
_NAMES = frozenset(field.name for field in fields(PhotoFacts))


def make_facts(values: object) -> PhotoFacts:
    """Of a mapping what can be true, by the names of the fields; the rest is as if not given."""
    if not isinstance(values, Mapping):
        return NO_FACTS
    kept: dict[str, object] = {}
    for name in _NAMES & values.keys():
        value = values[name]
        if name == "keywords":
            kept[name] = _clean_keywords(value)
        elif name in _RANGES:
            kept[name] = _clean_number(value, *_RANGES[name])
        else:
            kept[name] = clean_text(value, MAX_TEXT if name in _LONG else MAX_NAME)
    facts = PhotoFacts(**kept)  # type: ignore[arg-type]
    is_nowhere = not facts.latitude and not facts.longitude  # what cameras write without a fix
    if facts.latitude is None or facts.longitude is None or is_nowhere:
        return facts.without_position()
    return facts


def said(facts: PhotoFacts) -> dict[str, object]:
    """What the file says, by the names of the fields; for JSON."""
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(facts).items()
        if value not in ("", None, ())
    }


def describe(facts: PhotoFacts) -> list[tuple[str, str]]:
    """What the file says as (label, value) for a person, in the order of interest."""
    lines = [
        ("Title", facts.title),
        ("Caption", facts.description),
        ("Keywords", ", ".join(facts.keywords)),
        ("Camera", _camera(facts)),
        ("Lens", facts.lens),
        ("Exposure", _exposure(facts)),
        ("Place", _place(facts)),
        ("Creator", facts.creator),
        ("Copyright", facts.copyright),
    ]
    return [(label, value) for label, value in lines if value]


def _camera(facts: PhotoFacts) -> str:
    """'Canon EOS R6': most models begin with the make already, in one spelling or another."""
    first = facts.make.split(" ")[0].casefold()
    if not facts.model or (first and facts.model.casefold().startswith(first)):
        return facts.model or facts.make
    return f"{facts.make} {facts.model}".strip()


def _exposure(facts: PhotoFacts) -> str:
    """'f/2.8, 1/250 s, ISO 200, 35 mm'."""
    parts = []
    if facts.f_number is not None:
        parts.append(f"f/{facts.f_number:.1f}".removesuffix(".0"))
    if facts.exposure_s is not None:
        parts.append(_seconds(facts.exposure_s))
    if facts.iso is not None:
        parts.append(f"ISO {facts.iso:.0f}")
    if facts.focal_mm is not None:
        parts.append(f"{_millimetres(facts.focal_mm)} mm")
    if facts.focal_35_mm is not None and round(facts.focal_35_mm) != round(facts.focal_mm or 0):
        parts.append(f"as {_millimetres(facts.focal_35_mm)} mm on 35 mm film")
    return ", ".join(parts)


def _seconds(exposure_s: float) -> str:
    """As on a dial: '1/250 s', '0.4 s', '30 s'."""
    if exposure_s < 0.3:
        return f"1/{1 / exposure_s:.0f} s"
    return f"{exposure_s:.1f}".removesuffix(".0") + " s"


def _millimetres(focal_mm: float) -> str:
    return f"{focal_mm:.1f}".removesuffix(".0")


def _place(facts: PhotoFacts) -> str:
    """'52.52000° N, 13.40500° E, 34 m': within a metre."""
    if facts.latitude is None or facts.longitude is None:
        return ""
    north, east = "N" if facts.latitude >= 0 else "S", "E" if facts.longitude >= 0 else "W"
    height = "" if facts.altitude_m is None else f", {facts.altitude_m:.0f} m".replace("-", "−")
    return f"{abs(facts.latitude):.5f}° {north}, {abs(facts.longitude):.5f}° {east}{height}"


def clean_text(value: object, most: int) -> str:
    """One line without what cannot be seen, at most so many letters; '' for what is no text."""
    if not isinstance(value, str):
        return ""
    seen = "".join(" " if letter.isspace() else letter for letter in value[: 4 * most])
    seen = "".join(letter for letter in seen if unicodedata.category(letter)[0] != "C")
    return " ".join(seen.split())[:most].rstrip()


def _clean_number(value: object, lowest: float, highest: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    if not math.isfinite(number) or not lowest <= number <= highest:
        return None
    return float(f"{number:.9g}")


def _clean_keywords(value: object) -> tuple[str, ...]:
    """Each once, in their order."""
    if not isinstance(value, list | tuple):
        return ()
    cleaned = (clean_text(word, MAX_NAME) for word in value[: 4 * MAX_KEYWORDS])
    return tuple(dict.fromkeys(word for word in cleaned if word))[:MAX_KEYWORDS]
