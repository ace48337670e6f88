"""Single files from a hub that breaks off, lies and leads elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lookalike.errors import ModelCorrupt, ModelUnavailable
from lookalike.models import transfer
from lookalike.models.transfer import Interrupted, Transfer, Wanted

from .hub import Hub

DATA = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    folder = tmp_path / "hub"
    folder.mkdir()
    (folder / "file.onnx").write_bytes(DATA)
    with Hub(folder).serving() as served:
        yield served


def wanted(hub: Hub, *, size: int | None = len(DATA), sha256: str | None = SHA256) -> Wanted:
    return Wanted(url=f"{hub.url}/a/b/resolve/main/file.onnx", size_bytes=size, sha256=sha256)


def fetch(hub: Hub, target: Path, what: Wanted | None = None) -> None:
    Transfer(wait_s=0).fetch(what or wanted(hub), target)


def test_file_arrives_with_progress(hub: Hub, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    Transfer(lambda have, total: seen.append((have, total)), wait_s=0).fetch(
        wanted(hub), tmp_path / "file"
    )
    assert (tmp_path / "file").read_bytes() == DATA
    assert seen[-1] == (len(DATA), len(DATA))
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["file"]


def test_broken_transfers_go_on_where_they_broke(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 60_000
    fetch(hub, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    starts = [asked for _, asked in hub.asked]
    assert starts == ["", "bytes=60000-", "bytes=120000-", "bytes=180000-", "bytes=240000-"]


def test_server_without_ranges_is_asked_from_the_start(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(DATA[:1000])
    hub.takes_ranges = False
    fetch(hub, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA


def test_interrupted_transfer_is_gone_on_from(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 100_000

    def stop(have: int, _total: int | None) -> None:
        if have >= 100_000:
            raise Interrupted

    with pytest.raises(Interrupted):
        Transfer(stop, wait_s=0).fetch(wanted(hub), tmp_path / "file")
    hub.cut_after = 0
    fetch(hub, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == DATA
    assert hub.asked[-1][1] == "bytes=100000-"


def test_file_that_changed_meanwhile_is_not_pieced_together(hub: Hub, tmp_path: Path) -> None:
    hub.cut_after = 100_000
    with pytest.raises(Interrupted):
        Transfer(_interrupt, wait_s=0).fetch(wanted(hub, size=None, sha256=None), tmp_path / "file")
    hub.cut_after, hub.tag = 0, '"two"'
    (hub.folder / "file.onnx").write_bytes(DATA[::-1])
    fetch(hub, tmp_path / "file", wanted(hub, size=None, sha256=None))
    assert (tmp_path / "file").read_bytes() == DATA[::-1]


def _interrupt(have: int, _total: int | None) -> None:
    if have >= 100_000:
        raise Interrupted


def test_part_without_a_tag_is_begun_anew_when_no_hash_is_known(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(b"of something else")
    fetch(hub, tmp_path / "file", wanted(hub, size=None, sha256=None))
    assert (tmp_path / "file").read_bytes() == DATA


@pytest.mark.parametrize(
    ("size", "sha256", "reason"),
    [
        (len(DATA), "0" * 64, "has the sha256"),
        (len(DATA) - 1, SHA256, "it is another file"),
        (len(DATA) + 1, SHA256, "has 256,000 bytes"),
    ],
)
def test_wrong_file_is_refused_and_deleted(
    hub: Hub, tmp_path: Path, size: int, sha256: str, reason: str
) -> None:
    with pytest.raises(ModelCorrupt, match=reason):
        fetch(hub, tmp_path / "file", wanted(hub, size=size, sha256=sha256))
    assert not (tmp_path / "file").exists()


def test_file_of_unknown_size_has_a_limit(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "MOST_BYTES", 1000)
    with pytest.raises(ModelCorrupt, match="1,000"):
        fetch(hub, tmp_path / "file", wanted(hub, size=None, sha256=None))


def test_server_that_never_sends_is_given_up(hub: Hub, tmp_path: Path) -> None:
    hub.status = 503
    with pytest.raises(ModelUnavailable, match="503"):
        fetch(hub, tmp_path / "file")
    assert len(hub.asked) == 4


def test_missing_file_is_not_asked_for_again(hub: Hub, tmp_path: Path) -> None:
    hub.status = 404
    with pytest.raises(ModelUnavailable, match="404"):
        fetch(hub, tmp_path / "file")
    assert len(hub.asked) == 1


def test_large_files_come_from_where_the_hub_leads(hub: Hub, tmp_path: Path) -> None:
    hub.redirect = hub.url
    fetch(hub, tmp_path / "file")
    assert [path for path, _ in hub.asked] == [
        "/a/b/resolve/main/file.onnx",
        "/cdn/a/b/resolve/main/file.onnx",
    ]


@pytest.mark.parametrize("place", ["file:///etc", "ftp://127.0.0.1", "data:,"])
def test_other_schemes_are_not_followed(hub: Hub, tmp_path: Path, place: str) -> None:
    hub.redirect = place
    with pytest.raises(ModelUnavailable, match="not allowed"):
        fetch(hub, tmp_path / "file")
