"""Colours as pages show them: dots to filter by, and the palette of a picture."""

from __future__ import annotations

from collections.abc import Sequence

from lookalike.colours import BASIC_COLOURS, to_hex
from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.contexts import ColourChoice
from lookalike.types import Swatch

_FIRST_PICKED = "#3f8fbf"  # what the picker shows before anybody has picked


def choices(chosen: str) -> list[ColourChoice]:
    """The basic colours; `chosen` as it stands in the address."""
    return [
        ColourChoice(label=name.capitalize(), value=name, colour=value, is_chosen=name == chosen)
        for name, value in BASIC_COLOURS.items()
    ]


def own_choice(chosen: str) -> ColourChoice:
    """The colour of the picker, chosen when it is none of the basic ones."""
    is_own = bool(chosen) and chosen not in BASIC_COLOURS
    return ColourChoice(
        label="Your own colour",
        value=chosen if is_own else _FIRST_PICKED[1:],
        colour=dot(chosen) if is_own else _FIRST_PICKED,
        is_chosen=is_own,
    )


def swatches(palette: Sequence[Swatch]) -> list[ColourChoice]:
    """The colours of a picture, each with a search by it."""
    return [
        ColourChoice(
            label=swatch.colour,
            value=swatch.colour[1:],
            colour=swatch.colour,
            url=Address(terms=(AddressTerm("colour", swatch.colour[1:]),)).url(),
            share=f"{max(1, round(100 * swatch.share))} %",
        )
        for swatch in palette
    ]


def label(value: str) -> str:
    """What a colour of the address is called."""
    return value.capitalize() if value in BASIC_COLOURS else f"#{value}"


def dot(value: str) -> str:
    """'#rrggbb' of a colour of the address."""
    return to_hex(value) if value in BASIC_COLOURS else f"#{value}"
