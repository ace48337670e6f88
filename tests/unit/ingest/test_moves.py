"""Which vanished file a new one is."""

from __future__ import annotations

from lookalike.ingest.kinds import Kind
from lookalike.ingest.moves import Vanished
from lookalike.ingest.walk import Found
from lookalike.stores.base import KnownFile
from lookalike.types import State


def known(key: int, sha256: str | None, size_bytes: int = 10, mtime_ns: int = 1) -> KnownFile:
    return KnownFile(key, size_bytes, mtime_ns, State.INDEXED, sha256)


def found(path: str, size_bytes: int = 10, mtime_ns: int = 1) -> Found:
    name = path.rsplit("/", 1)[-1]
    return Found(path, "/root", "root", name, size_bytes, mtime_ns, Kind.SEARCHABLE)


def test_moved_file_is_known_by_size_and_hash() -> None:
    vanished = Vanished()
    vanished.add("/root/a.jpg", known(1, "aa"))
    assert vanished.claim(found("/root/b.jpg", size_bytes=11), lambda _: "aa") is None
    assert vanished.claim(found("/root/b.jpg"), lambda _: "bb") is None
    assert vanished.claim(found("/root/b.jpg"), lambda _: "aa") == known(1, "aa")
    assert vanished.claim(found("/root/c.jpg"), lambda _: "aa") is None
    assert vanished.rest() == []


def test_moved_file_that_kept_its_name_is_preferred() -> None:
    vanished = Vanished()
    vanished.add("/root/a.jpg", known(1, "aa"))
    vanished.add("/root/b.jpg", known(2, "aa"))
    assert vanished.claim(found("/root/new/b.jpg"), lambda _: "aa") == known(2, "aa")
    assert vanished.rest() == [known(1, "aa")]


def test_moved_file_without_hash_is_known_by_its_time() -> None:
    vanished = Vanished()
    vanished.add("/root/a.jpg", known(1, None, mtime_ns=5))
    assert vanished.claim(found("/root/b.jpg", mtime_ns=6), lambda _: "aa") is None
    assert vanished.claim(found("/root/b.jpg", mtime_ns=5), lambda _: "aa") is not None


def test_unreadable_file_is_no_moved_one() -> None:
    vanished = Vanished()
    vanished.add("/root/a.jpg", known(1, "aa"))
    assert vanished.claim(found("/root/b.jpg"), lambda _: None) is None
