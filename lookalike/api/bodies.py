"""What the REST API takes and gives, in JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lookalike.library.names import is_unicode
from lookalike.shapes import coverage_to_json
from lookalike.types import Asset, Folder, Found, Match, Page

_HIDDEN = frozenset({"key", "phash64", "phash256", "mtime_ns"})
# Not `asdict`, which copies every value: an answer has many assets.
_SHOWN = tuple(field.name for field in fields(Asset) if field.name not in _HIDDEN)


class Body(BaseModel):
    """A body without unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def _is_unicode(cls, given: Any) -> Any:
        if not is_unicode(json.dumps(given, ensure_ascii=False, default=str)):
            raise ValueError("A text holds half of a character (a lone surrogate).")
        return given


Number = Annotated[int, Field(ge=0, lt=2**63)]  # one that a store can hold


class AssetEdit(Body):
    """What to change of an asset; what is left out stays."""

    name: str | None = None
    folder: str | None = None
    tags: list[str] | None = None
    description: str | None = None
    metadata: dict[str, Any] | None = None


class Ids(Body):
    """Several assets."""

    ids: list[str] = Field(max_length=10_000)


class NewNames(Body):
    """What files in a folder would be called."""

    folder: str
    names: list[str] = Field(max_length=10_000)


class Contents(Body):
    """Files that somebody has: their sizes in bytes, or their SHA-256 in hex."""

    sizes: list[Number] = Field([], max_length=10_000)
    sha256: list[Annotated[str, Field(pattern="^[0-9a-f]{64}$")]] = Field([], max_length=10_000)


class TagChange(Ids):
    """Tags to give to and take from several assets."""

    add: list[str] = []
    remove: list[str] = []


class Move(Ids):
    """Where several assets go."""

    folder: str


class Path(Body):
    """A folder."""

    path: str


class FolderRename(Path):
    """A folder, and what its path will be."""

    new_path: str


class ModelName(Body):
    """A model that is on this machine."""

    name: str


class Switch(Body):
    """On or off."""

    on: bool


class Watch(Path, Switch):
    """Whether changes in a folder are to be noticed."""


class SignIn(Body):
    """Who wants in."""

    name: str
    password: str


class OwnPassword(Body):
    """Another password for oneself."""

    old: str
    new: str


class NewUser(SignIn):
    """Somebody who may sign in from now on."""

    role: str


class UserChange(Body):
    """What to change of a user."""

    role: str | None = None
    password: str | None = None


class NewKey(Body):
    """An API key to make."""

    name: str
    role: str = "viewer"


class SetUp(SignIn):
    """The first administrator, with the token of the one-time link."""

    token: str


def asset_to_json(asset: Asset) -> dict[str, Any]:
    """All that is known of an asset, without perceptual hashes; `Answer` writes its moments."""
    shown = {name: getattr(asset, name) for name in _SHOWN}
    base = f"/api/v1/assets/{asset.id}"
    version = f"?v={asset.sha256[:16]}" if asset.sha256 else ""
    shown["tags"] = list(asset.tags)
    shown["thumbnail_url"] = f"{base}/thumbnail{version}"
    shown["original_url"] = f"{base}/original{version}"
    return shown


def page_to_json(page: Page) -> dict[str, Any]:
    """One page of a list."""
    return {
        "assets": [asset_to_json(asset) for asset in page.assets],
        "next_cursor": page.next_cursor,
        "total": page.total,
    }


def found_to_json(found: Found) -> dict[str, Any]:
    """The answer to a search, with whole assets."""
    return {
        "results": [match_to_json(match) for match in found.matches],
        "coverage": coverage_to_json(found.coverage),
        "bands_calibrated": found.is_calibrated,
        "took_ms": round(found.took_ms, 1),
        "next_cursor": found.next_cursor,
    }


def match_to_json(match: Match) -> dict[str, Any]:
    """One result, with the near-copies that are stacked under it."""
    return {
        "asset": asset_to_json(match.asset),
        "score": round(match.score, 4),
        "band": match.band.value,
        "relation": match.relation.value if match.relation else None,
        "named": match.named.value if match.named else None,
        "variants": [match_to_json(variant) for variant in match.variants],
    }


def folder_to_json(folder: Folder) -> dict[str, Any]:
    """A folder with its counts."""
    return asdict(folder)


def value_to_json(value: Any) -> dict[str, Any]:
    """A flat value of `types`: job, activity, user, key."""
    return {
        name: one.isoformat() if isinstance(one, datetime) else one
        for name, one in asdict(value).items()
    }
