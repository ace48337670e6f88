"""Turns Filters into SQL that a covering index can answer.

`folder` matches a sequence of whole folder names anywhere in an asset's folder path, and all
folders below: `trips` finds `trips`, `2024/trips` and `2024/trips/rome`, not `trips2`. A leading
`/` ties it to the top: `/2024/trips`. Upper and lower case count, as on most disks.
"""

from __future__ import annotations

from datetime import datetime

from lookalike.errors import BadFilter
from lookalike.stores.rows import fold, to_bytes, to_microseconds
from lookalike.types import Filters

MIMES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "svg": "image/svg+xml",
}
_ORIENTATIONS = {
    "landscape": "a.width_px > a.height_px",
    "portrait": "a.width_px < a.height_px",
    "square": "a.width_px = a.height_px",
}
_LARGEST = 2**63 - 1

Parameter = str | bytes | int | None
Condition = tuple[str, list[Parameter]]


def build_filter(filters: Filters) -> tuple[str, list[Parameter]]:
    """A query for the keys of the searchable assets that pass, as one text. Raises BadFilter.

    One text, because a row for each key costs three times as much in Python.

    SQLite keeps no statistics here, so the index is named: tags and folders narrow most, then
    times, then types; the remaining columns are read from the same index where it covers them.
    (NOT INDEXED still finds the tagged assets by key.)
    """
    given = read_conditions(filters)
    conditions = ["a.searchable = 1", *(condition for condition, _ in given)]
    parameters = [value for _, values in given for value in values]
    index = "NOT INDEXED" if filters.tags else f"INDEXED BY {_index(filters)}"
    sql = f"SELECT group_concat(a.key) FROM assets a {index} WHERE {' AND '.join(conditions)}"  # noqa: S608
    return sql, parameters


def read_conditions(filters: Filters) -> list[Condition]:
    """What a row `a` of assets must fulfil, each with its parameters. Raises BadFilter."""
    return [
        *_tags(filters),
        *_folder(filters),
        *_times(filters),
        *_types(filters),
        *_sizes(filters),
        *_name(filters),
    ]


def _index(filters: Filters) -> str:
    if filters.folder is not None and filters.folder.strip("/"):
        return "searchable_by_folder"
    if filters.after is not None or filters.before is not None:
        return "searchable_by_time"
    if filters.types:
        return "searchable_by_mime"
    sides = (filters.min_width, filters.max_width, filters.min_height, filters.max_height)
    if filters.orientation is not None or any(side is not None for side in sides):
        return "searchable_by_size"
    if filters.min_bytes is not None or filters.max_bytes is not None:
        return "searchable_by_bytes"
    if filters.name_contains:
        return "searchable_by_name"
    return "assets_searchable"


def _tags(filters: Filters) -> list[Condition]:
    """Each tag adds a condition; the first one leads the search."""
    names = _texts("tags", filters.tags)
    within = (
        "a.key IN (SELECT asset_key FROM asset_tags WHERE tag_id = "
        "(SELECT id FROM tags WHERE name = CAST(? AS TEXT)))"
    )
    return [(within, [to_bytes(name)]) for name in names]


def _folder(filters: Filters) -> list[Condition]:
    if filters.folder is None:
        return []
    (folder,) = _texts("folder", (filters.folder,))
    names = "/".join(part for part in folder.split("/") if part)
    if not names:
        return []
    found = "instr('/' || path || '/', CAST(? AS TEXT))"
    place = "= 1" if folder.startswith("/") else "> 0"
    within = f"a.folder_id IN (SELECT id FROM folders WHERE {found} {place})"  # noqa: S608
    return [(within, [to_bytes(f"/{names}/")])]


def _times(filters: Filters) -> list[Condition]:
    after, before = _time("after", filters.after), _time("before", filters.before)
    if after is not None and before is not None and after >= before:
        raise BadFilter("The filter `after` must be earlier than `before`.")
    found: list[Condition] = []
    if after is not None:
        found.append(("a.shown_at_us >= ?", [after]))
    if before is not None:
        found.append(("a.shown_at_us < ?", [before]))
    return found


def _types(filters: Filters) -> list[Condition]:
    names = _texts("types", filters.types)
    for name in names:
        if name not in MIMES:
            raise BadFilter(f"Unknown picture type {name!r}; choose from {', '.join(MIMES)}.")
    if not names:
        return []
    return [(f"a.mime IN ({', '.join('?' * len(names))})", [MIMES[name] for name in names])]


def _sizes(filters: Filters) -> list[Condition]:
    found: list[Condition] = []
    for column, what, low, high in (
        ("a.width_px", "width", filters.min_width, filters.max_width),
        ("a.height_px", "height", filters.min_height, filters.max_height),
        ("a.size_bytes", "bytes", filters.min_bytes, filters.max_bytes),
    ):
        low, high = _whole(f"min_{what}", low), _whole(f"max_{what}", high)
        if low is not None and high is not None and low > high:
            raise BadFilter(f"The filter `min_{what}` must not be larger than `max_{what}`.")
        if low is not None:
            found.append((f"{column} >= ?", [low]))
        if high is not None:
            found.append((f"{column} <= ?", [high]))
    if filters.orientation is not None:
        if filters.orientation not in _ORIENTATIONS:
            raise BadFilter(
                f"Unknown orientation {filters.orientation!r}; "
                f"choose from {', '.join(_ORIENTATIONS)}."
            )
        found.append((_ORIENTATIONS[filters.orientation], []))
    return found


def _name(filters: Filters) -> list[Condition]:
    if filters.name_contains is None:
        return []
    (text,) = _texts("name_contains", (filters.name_contains,))
    if not text:
        return []
    # instr, not LIKE: nothing in the text is a wildcard.
    return [("instr(a.name_folded, CAST(? AS TEXT)) > 0", [to_bytes(fold(text))])]


def _texts(name: str, values: object) -> tuple[str, ...]:
    """`values` as a tuple of text, each once. A lone text is refused: its letters would count."""
    if not isinstance(values, list | tuple) or not all(isinstance(v, str) for v in values):
        raise BadFilter(f"The filter `{name}` must be text.")
    return tuple(dict.fromkeys(values))


def _time(name: str, moment: datetime | None) -> int | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        raise BadFilter(f"The filter `{name}` must be a date or a time, not {moment!r}.")
    return to_microseconds(moment)


def _whole(name: str, value: int | None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise BadFilter(f"The filter `{name}` must be a whole number of at least 0, not {value!r}.")
    return value
