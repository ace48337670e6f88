"""Colours as people write them: eleven basic names, and any #rrggbb."""

from __future__ import annotations

import re

from lookalike.errors import BadFilter

# The basic colour terms of Berlin and Kay, "Basic Color Terms", 1969, each with one example.
BASIC_COLOURS: dict[str, str] = {
    "black": "#111111",
    "grey": "#8a8a8a",
    "white": "#ffffff",
    "red": "#d32222",
    "orange": "#f5821f",
    "yellow": "#fadb2e",
    "green": "#36a244",
    "blue": "#2460d8",
    "purple": "#7b3fb0",
    "pink": "#f18fb6",
    "brown": "#7d4c28",
}
_OTHER_NAMES = {"gray": "grey", "violet": "purple"}
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")


def read_colour(text: str) -> str:
    """A basic name as it is, anything else as '#rrggbb'. Raises BadFilter."""
    word = text.strip().lower() if isinstance(text, str) else ""
    word = _OTHER_NAMES.get(word, word)
    if word in BASIC_COLOURS:
        return word
    digits = _HEX.fullmatch(word)
    if digits is None:
        raise BadFilter(
            f"{str(text)[:50]!r} is not a colour; give #rrggbb or one of "
            f"{', '.join(BASIC_COLOURS)}."
        )
    value = digits[1]
    return "#" + (value if len(value) == 6 else "".join(2 * digit for digit in value))


def to_hex(colour: str) -> str:
    """'#rrggbb' of what `read_colour` gave, for showing it."""
    return BASIC_COLOURS.get(colour, colour)
