"""Reads and writes single records of the database, inside a transaction of the store."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence

import numpy as np

from lookalike.arrays import Float16s, Int64s
from lookalike.errors import AlreadyExists, AssetNotFound
from lookalike.photo_facts import PhotoFacts, said
from lookalike.stores.base import Indexed, MovedFile, NewAsset, Skipped
from lookalike.stores.rows import fold, to_asset, to_bytes, to_microseconds
from lookalike.stores.statements import load_statements
from lookalike.types import Asset, State

SQL = load_statements()
_VECTORS_IN_A_ROW = 10_000  # some MB; SQLite allows 1 GB


def add_paths(connection: sqlite3.Connection, name: str, paths: Iterable[str]) -> None:
    """`name`: the statement that gives a path its number, if it has none."""
    connection.executemany(SQL[name], ({"path": to_bytes(path)} for path in sorted(paths)))


def add_asset(
    connection: sqlite3.Connection, new: NewAsset, id: str, now_us: int, *, name: str | None = None
) -> int:
    """Returns its key. `name`: instead of that of `new`. Raises AlreadyExists."""
    values = {
        "id": id,
        "name": to_bytes(name or new.name),
        "name_folded": to_bytes(fold(name or new.name)),
        "folder": to_bytes(new.folder),
        "path": to_bytes(new.path),
        "root": to_bytes(new.root),
        "source": new.source.value,
        "state": (State.PENDING if new.skip_reason is None else State.SKIPPED).value,
        "skip_reason": new.skip_reason,
        "skip_detail": to_bytes(new.skip_detail),
        "size_bytes": new.size_bytes,
        "mtime_ns": new.mtime_ns,
        "sha256": new.sha256,
        "now_us": now_us,
    }
    try:
        key = connection.execute(SQL["add_asset"], values).lastrowid
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(f"The library has an asset at {new.path!r} already.") from error
    assert key is not None
    return key


def move_file(connection: sqlite3.Connection, file: MovedFile, now_us: int) -> None:
    """Raises AssetNotFound, AlreadyExists."""
    values = {
        "key": file.key,
        "path": to_bytes(file.path),
        "name": to_bytes(file.name),
        "name_folded": to_bytes(fold(file.name)),
        "folder": to_bytes(file.folder),
        "root": to_bytes(file.root),
        "mtime_ns": file.mtime_ns,
        "now_us": now_us,
    }
    try:
        moved = connection.execute(SQL["move_file"], values)
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(f"The library has an asset at {file.path!r} already.") from error
    if not moved.rowcount:
        raise AssetNotFound(f"No asset of this library has the number {file.key}.")


def bounds_below(folder: str) -> dict[str, bytes | None]:
    """`first` <= path < `last` for the paths below a folder."""
    separator = "\\" if "\\" in folder and "/" not in folder else "/"
    first = folder.rstrip(separator) + separator
    return {"first": to_bytes(first), "last": to_bytes(first[:-1] + chr(ord(separator) + 1))}


def read_assets(connection: sqlite3.Connection, keys: Sequence[int]) -> list[Asset]:
    """Those that exist, in the order of `keys`."""
    condition = "a.key IN (SELECT value FROM json_each(?))"
    rows = connection.execute(f"{SQL['select_assets']} {condition}", (to_json(keys),))
    found = {row[0]: to_asset(row) for row in rows}
    return [found[key] for key in keys if key in found]


def read_vectors(
    connection: sqlite3.Connection, model_id: str, keys: Sequence[int]
) -> tuple[Int64s, Float16s]:
    """Those of `keys` that have a vector [n], and the vectors [n, dim], in that order.

    They come end to end: for each row of its own SQLite would let go of Python's lock and wait to
    have it back, which many searches at once would spend most of their time on.
    """
    found: list[str] = []
    blobs: list[bytes] = []
    for start in range(0, len(keys), _VECTORS_IN_A_ROW):
        wanted = to_json(keys[start : start + _VECTORS_IN_A_ROW])
        row = connection.execute(SQL["vectors"], {"keys": wanted, "model": model_id}).fetchone()
        if row[0] is not None:
            found += row[0].split(",")
            blobs.append(row[1])
    vectors = np.frombuffer(b"".join(blobs), "<f2")
    return np.array(found, np.int64), vectors.reshape(len(found), -1 if found else 0)


def save_indexed(
    connection: sqlite3.Connection, model_id: str, result: Indexed, now_us: int
) -> None:
    """Saves a result with its vector, unless the asset is gone."""
    values = {
        "key": result.key,
        "model": model_id,
        "size_bytes": result.size_bytes,
        "mtime_ns": result.mtime_ns,
        "mime": result.mime,
        "width_px": result.width_px,
        "height_px": result.height_px,
        "sha256": result.sha256,
        "phash64": result.phash64,
        "phash256": result.phash256,
        "taken_at_us": None if result.taken_at is None else to_microseconds(result.taken_at),
        "vector": np.ascontiguousarray(result.vector, "<f2").tobytes(),
        "now_us": now_us,
    }
    connection.execute(SQL["drop_stale_vectors"], values)
    if connection.execute(SQL["save_indexed"], values).rowcount:
        connection.execute(SQL["put_vector"], values)
        if result.palette:
            connection.execute(SQL["put_palette"], {"key": result.key, "colours": result.palette})
        name = "put_signature" if result.signature else "drop_signature"  # it was of other bytes
        connection.execute(SQL[name], {"key": result.key, "cells": result.signature})
        if result.facts is not None:
            put_facts(connection, [(result.key, result.sha256, result.facts)])


def put_facts(connection: sqlite3.Connection, facts: Iterable[tuple[int, str, PhotoFacts]]) -> None:
    """Saves what files say; what is of other bytes than an asset has is dropped."""
    rows = (
        {"key": key, "sha256": sha256, "facts": json.dumps(said(one), ensure_ascii=False)}
        for key, sha256, one in facts
    )
    connection.executemany(SQL["put_photo_facts"], rows)


def save_skipped(connection: sqlite3.Connection, skip: Skipped, now_us: int) -> None:
    """Saves why an asset is not searchable, and forgets its vectors."""
    values = {
        "key": skip.key,
        "reason": skip.reason,
        "detail": to_bytes(skip.detail),
        "mime": skip.mime,
        "sha256": skip.sha256,
        "now_us": now_us,
    }
    if connection.execute(SQL["save_skipped"], values).rowcount:
        connection.execute(SQL["remove_vectors"], values)


def stack_vectors(blobs: list[bytes]) -> Float16s:
    """[n, dim]; [0, 0] when there are none."""
    if not blobs:
        return np.empty((0, 0), np.float16)
    return np.frombuffer(b"".join(blobs), "<f2").reshape(len(blobs), -1)


def to_json(keys: Sequence[int]) -> str:
    """For `json_each`: one parameter, however many keys there are."""
    return str([int(key) for key in keys])


def read_clock_us() -> int:
    """Now, in microseconds since 1970."""
    return time.time_ns() // 1000
