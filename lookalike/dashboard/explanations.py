"""Why a picture is among the results of a search: on its page, when it is reached from there."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from lookalike.dashboard.address import Address, AddressTerm
from lookalike.dashboard.asset_contexts import HeatCell, HeatFragment, HeatMap, Why, WhyTerm
from lookalike.dashboard.desk import Desk
from lookalike.dashboard.texts import NAMINGS
from lookalike.errors import AssetNotFound, LookalikeError, QueryError
from lookalike.types import Asset, Explanation, TermShare

_LITTLE = 0.45  # a map that is nowhere warmer shows nothing in particular
_WARM = 0.7  # of the warmest cell: what counts as warm
_MOST = 0.55  # of all cells: from here on it is in most of the picture
_DARKEST = 0.8

_ROWS = ("at the top", "in the middle", "at the bottom")
_COLUMNS = ("on the left", "in the middle", "on the right")


def search_before(request: Request) -> Address | None:
    """The search that led to this page, None when there was none or it cannot be read."""
    try:
        came = urlsplit(request.query_params.get("from", ""))
    except ValueError:
        return None
    if came.path != "/search" or came.netloc:
        return None
    try:
        address = Address.from_params(parse_qs(came.query))
    except QueryError:
        return None
    return None if address.is_empty else address


def why(desk: Desk, asset: Asset, address: Address | None) -> Why | None:
    """The share of each term, without maps; None when nothing can be said."""
    if address is None:
        return None
    try:
        explanation = desk.searcher.explain(asset, address, heat=False)
    except LookalikeError:
        return None
    labels = _labels(desk, address, explanation)
    return Why(
        back_url=address.url(),
        standing=_standing(explanation),
        named=NAMINGS[explanation.named] if explanation.named else "",
        terms=[
            WhyTerm(
                label=label,
                is_minus=share.term.weight < 0,
                is_against=share.contribution < 0,
                percent=round(100 * share.share),
                effect=_effect(share),
                has_map=share.term.colour_value is None and asset.sha256 is not None,
            )
            for label, share in zip(labels, explanation.terms, strict=True)
        ],
        heat_url=f"/assets/{asset.id}/heat?{urlencode({'from': address.url()})}",
    )


def show_heat(request: Request) -> Response:
    """The maps of all terms, each to be laid over the picture."""
    desk = Desk.of(request)
    asset_id = request.path_params["id"]
    asset = desk.library.asset(asset_id if asset_id.isalnum() else "-")
    address = search_before(request)
    if address is None:
        raise AssetNotFound("There is no search to explain.")
    explanation = desk.searcher.explain(asset, address, heat=True)
    labels = _labels(desk, address, explanation)
    maps = [_map(label, share.heat) for label, share in zip(labels, explanation.terms, strict=True)]
    return desk.pages.response(HeatFragment(maps=maps))


def _labels(desk: Desk, address: Address, explanation: Explanation) -> list[str]:
    """What each term is called, in the order of the explanation: colours come last there."""
    words = desk.library.read_words(address.words, literally=address.is_literal)
    vectors = [term.text_value or "" for term in words]
    vectors += [_label(desk, term) for term in address.terms if term.kind != "colour"]
    colours = [f"the colour {term.value}" for term in address.terms if term.kind == "colour"]
    labels = vectors + colours
    return labels if len(labels) == len(explanation.terms) else [""] * len(explanation.terms)


def _label(desk: Desk, term: AddressTerm) -> str:
    if term.kind == "text":
        return term.value
    if term.kind == "image":
        return "part of the image" if term.box else "the image"
    try:
        name = desk.library.asset(term.value).name
    except AssetNotFound:
        name = "a picture"
    return f"part of {name}" if term.box else name


def _standing(explanation: Explanation) -> str:
    if explanation.standing is None:
        return ""
    return f"{explanation.standing:.1f} times the usual spread above unrelated pictures"


def _effect(share: TermShare) -> str:
    """What the term did, in words."""
    if share.term.weight < 0:
        return "seen, which counts against" if share.contribution < 0 else "little of it is seen"
    return "not what this shows" if share.contribution < 0 else "seen"


def _map(label: str, heat: Sequence[Sequence[float]]) -> HeatMap:
    """Dark where the term is not seen: what it is about stays as it is."""
    cells = [
        HeatCell(x=x, y=y, shade=f"{_DARKEST * (1 - _sharpen(value)):.2f}")
        for y, row in enumerate(heat)
        for x, value in enumerate(row)
    ]
    return HeatMap(label=label, where=describe(heat), size=len(heat), cells=cells)


def _sharpen(value: float) -> float:
    """A soft step, so that what is warm stands out."""
    step = min(1.0, max(0.0, (value - 0.2) / 0.65))
    return step * step * (3 - 2 * step)


def describe(heat: Sequence[Sequence[float]]) -> str:
    """Where a map is warm, in words."""
    highest = max((value for row in heat for value in row), default=0.0)
    if highest < _LITTLE:
        return "nowhere in particular"
    size = len(heat)
    warm = [
        (y, x)
        for y, row in enumerate(heat)
        for x, value in enumerate(row)
        if value >= _WARM * highest
    ]
    if len(warm) >= _MOST * size * size:
        return "in most of the picture"
    row = _ROWS[_third(sum(y for y, _ in warm) / len(warm), size)]
    column = _COLUMNS[_third(sum(x for _, x in warm) / len(warm), size)]
    sides = [side for side in (row, column) if side != "in the middle"]
    return " ".join(sides) or "in the middle"


def _third(place: float, size: int) -> int:
    return min(2, int(3 * (place + 0.5) / size))
