from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lookalike.errors import StoreUnavailable
from lookalike.stores.base import NewAsset
from lookalike.stores.filters import build_filter
from lookalike.stores.sqlite import SqliteStore
from lookalike.stores.statements import load_statements
from lookalike.types import Filters, Source

BATCH = 20

# Adds and saves batches for ever; prints a line once each is durable.
WRITER = f"""
import sys
from pathlib import Path
import numpy as np
from lookalike.stores.base import Indexed, NewAsset
from lookalike.stores.sqlite import SqliteStore
from lookalike.types import Source

store, name = SqliteStore.open(Path(sys.argv[1])), sys.argv[2]
print("open", flush=True)
for batch in range(int(sys.argv[3])):
    added = store.add_assets([
        NewAsset(name="a", folder=f"batch{{batch}}", path=f"/{{name}}/{{batch}}/{{i}}",
                 source=Source.LINKED, size_bytes=1, mtime_ns=1)
        for i in range({BATCH})
    ])
    store.save_results("m", [
        Indexed(key=asset.key, size_bytes=1, mtime_ns=1, mime="image/png", width_px=1, height_px=1,
                sha256="0", phash64=b"", phash256=b"", taken_at=None,
                vector=np.full(256, batch, np.float16))
        for asset in added
    ], [])
    print(batch, flush=True)
"""


def start_writer(path: Path, name: str, batches: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
    )


def check_whole(store: SqliteStore) -> int:
    """Every transaction is there whole or not at all, and all books agree. Returns how many."""
    coverage = store.coverage()
    assert coverage.total % BATCH == 0
    assert coverage.indexed % BATCH == 0
    assert coverage.total - coverage.indexed in (0, BATCH)
    keys = store.filter_keys(Filters())
    found, vectors = store.vectors("m", keys)
    changes = store.changes("m", 0, 10**6)
    assert len(keys) == len(found) == coverage.indexed == len(changes.keys)
    assert changes.generation == store.generation()
    for batch in range(coverage.indexed // BATCH):
        assert (vectors[batch * BATCH : (batch + 1) * BATCH] == vectors[batch * BATCH]).all()
    return coverage.indexed // BATCH


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs kill -9")
def test_killed_writer_leaves_only_whole_transactions(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    random = np.random.default_rng(0)
    done = 0
    for turn in range(5):
        process = start_writer(path, f"turn{turn}", 10_000)
        assert process.stdout is not None
        acknowledged = [process.stdout.readline() for _ in range(int(random.integers(2, 12)))]
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        store = SqliteStore.open(path)
        whole = check_whole(store)
        assert whole >= done + len(acknowledged) - 1 + len(rest) - (len(rest) > 0)
        done = whole
        store.remove_assets([asset.key for asset in store.pending(BATCH)])
        store.close()
    assert done > 5
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_processes_write_the_same_library_at_once(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    processes = [start_writer(path, name, 15) for name in ("a", "b", "c")]
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert (process.returncode, output.split()[-1]) == (0, "14")
    store = SqliteStore.open(path)
    assert check_whole(store) == 45
    store.close()


def test_file_is_durable_and_lets_others_read(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "library.db")
    with store._connections.writing() as writer:
        answers = [
            writer.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert store.coverage().total == 0  # a reader does not wait for the writer
    store.close()
    assert answers == ["wal", 2, 1]


def test_file_that_is_not_a_database_is_our_error(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("This is a letter, not a database. " * 100)
    for path in (text, tmp_path, tmp_path / "not" / "there.db"):
        with pytest.raises(StoreUnavailable) as caught:
            SqliteStore.open(path)
        assert "\n" not in str(caught.value)
    assert text.read_text().startswith("This is a letter")


@pytest.mark.skipif(os.name == "nt", reason="needs POSIX permissions")
def test_file_that_may_not_be_read_is_our_error(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    SqliteStore.open(path).close()
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        pytest.skip("runs as root")
    with pytest.raises(StoreUnavailable):
        SqliteStore.open(path)


def test_damaged_pages_are_our_error(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    store = SqliteStore.open(path)
    store.add_assets(
        [
            NewAsset(
                name=f"{number}", folder="", path=f"/{number}", source=Source.LINKED,
                size_bytes=1, mtime_ns=1,
            )
            for number in range(3000)
        ]
    )  # fmt: skip
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreUnavailable):  # noqa: PT012
        store = SqliteStore.open(path)
        store.pending(10_000)


def test_failed_write_changes_nothing_and_the_store_goes_on(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "library.db")
    with pytest.raises(StoreUnavailable), store._connections.writing() as writer:  # noqa: PT012
        writer.execute("INSERT INTO settings VALUES ('a', 'b')")
        writer.execute("INSERT INTO nowhere VALUES (1)")
    assert store.get_setting("a") is None
    store.put_setting("a", "c")
    assert store.get_setting("a") == "c"
    store.close()


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(folder="a", types=("png",), min_width=1, orientation="square"),
        Filters(types=("png", "jpeg"), min_bytes=1, max_height=5),
        Filters(min_width=5, types=("png",)),
        Filters(min_height=5),
        Filters(min_bytes=5),
        Filters(name_contains="a"),
    ],
)
def test_filters_are_answered_without_reading_assets(tmp_path: Path, filters: Filters) -> None:
    store = SqliteStore.open(tmp_path / "library.db")
    sql, parameters = build_filter(filters)
    with store._connections.reading() as connection:
        (root_page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'assets'"
        ).fetchone()
        steps = connection.execute(f"EXPLAIN {sql}", parameters).fetchall()
    store.close()
    cursors = {step[2] for step in steps if step[1] == "OpenRead" and step[3] == root_page}
    assert not [step for step in steps if step[1] == "Column" and step[2] in cursors]


def test_tags_lead_the_search(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "library.db")
    sql, parameters = build_filter(Filters(tags=("a", "b"), min_width=5, folder="c"))
    with store._connections.reading() as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
    store.close()
    assert plan[0][3] == "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"


def test_every_statement_is_named_and_valid(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "library.db")
    statements = load_statements()
    assert len(statements) > 20
    with store._connections.reading() as connection:
        for sql in statements.values():
            whole = f"{sql} 1" if sql.endswith("WHERE") else sql
            names = dict.fromkeys(_parameters(whole))
            assert connection.execute(f"EXPLAIN {whole}", names).fetchall()
    store.close()


def _parameters(sql: str) -> set[str]:
    import re

    return set(re.findall(r":([a-z_0-9]+)", sql))


@pytest.mark.parametrize(
    ("file", "name", "values"),
    [
        ("statements.sql", "list_pairs", {"doubted": 1}),
        ("review.sql", "assets_of_contents", {"names": '["a"]'}),
    ],
)
def test_statements_about_contents_do_not_read_every_asset(
    tmp_path: Path, file: str, name: str, values: dict[str, object]
) -> None:
    SqliteStore.open(tmp_path / "library.db").close()
    connection = sqlite3.connect(tmp_path / "library.db")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {load_statements(file)[name]}", values)
    steps = [step[3] for step in plan if "assets" in step[3] or step[3].startswith("SEARCH a ")]
    connection.close()
    assert steps
    assert all("assets_by_sha256" in step for step in steps)
