"""Between values of `types` and rows of the database."""

from __future__ import annotations

import json
import os
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from lookalike.types import Asset, Source, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Looked up by text: calling an enumeration takes longer, and a page has hundreds of rows.
_STATES = {state.value: state for state in State}
_SOURCES = {source.value: source for source in Source}


def to_bytes(text: str | None) -> bytes | None:
    """Text as stored. File names that are not valid UTF-8 keep their bytes (surrogateescape)."""
    if text is None:
        return None
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # halves of UTF-16 pairs, which Windows allows in names
        return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    """The inverse of `to_bytes`."""
    return data.decode("utf-8", "surrogateescape" if os.name != "nt" else "surrogatepass")


def fold(text: str) -> str:
    """Text without differences of case or of Unicode form, for comparing names."""
    if text.isascii():  # mostly, and a description is folded each time it is looked at
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def to_microseconds(moment: datetime) -> int:
    """Since 1970; a time without zone is taken as UTC."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def to_datetime(microseconds: int) -> datetime:
    """The inverse of `to_microseconds`, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND


def to_asset(row: tuple[Any, ...]) -> Asset:
    """`row`: the columns of the statement `select_assets`."""
    state = _STATES[row[6]]
    is_skipped = state is State.SKIPPED
    return Asset(
        key=row[0],
        id=row[1],
        name=row[2],
        folder=row[3],
        path=row[4],
        source=_SOURCES[row[5]],
        state=state,
        skip_reason=row[7] if is_skipped else None,
        skip_detail=row[8] if is_skipped else None,
        mime=row[9],
        size_bytes=row[10],
        mtime_ns=row[11],
        width_px=row[12],
        height_px=row[13],
        sha256=row[14],
        phash64=row[15],
        phash256=row[16],
        created_at=to_datetime(row[17]),
        updated_at=to_datetime(row[18]),
        taken_at=None if row[19] is None else to_datetime(row[19]),
        metadata={} if row[20] == "{}" else json.loads(row[20]),
        description=row[21],
        tags=() if row[22] == "[]" else tuple(json.loads(row[22])),
    )
