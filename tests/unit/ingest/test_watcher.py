from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lookalike.ingest.watcher import Watcher, Watchers, network_type

WAIT_S = 30  # for a busy machine; a calm one takes about a second


class Bell:
    """Rings with the folder that changed."""

    def __init__(self) -> None:
        self.folders: list[str] = []
        self._rung = threading.Event()

    def ring(self, folder: str) -> None:
        self.folders.append(folder)
        self._rung.set()

    def wait(self) -> list[str]:
        assert self._rung.wait(WAIT_S), "nothing was noticed"
        self._rung.clear()
        return self.folders


@pytest.fixture
def bell() -> Bell:
    return Bell()


def test_change_in_a_watched_folder_is_told_once_it_is_calm(bell: Bell, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    (one / "deep/er").mkdir(parents=True)
    other.mkdir()
    watchers = Watchers(bell.ring, str(tmp_path / "library"), rescan_s=1000)
    watchers.sync([str(one), str(other)])
    while set(bell.wait()) != {str(one), str(other)}:  # both have begun
        pass
    bell.folders.clear()
    (one / "deep/er/a.jpg").write_text("x")
    assert set(bell.wait()) == {str(one)}
    assert watchers.problem(str(one)) == ""
    watchers.close()


def test_hidden_files_and_the_library_itself_do_not_count(bell: Bell) -> None:
    watcher = Watcher("/p", bell.ring, passed_over="/p/library")
    assert watcher._counts("/p/a.jpg")
    assert watcher._counts("/p/library-of-mine/a.jpg")
    assert not watcher._counts("/p/.a.jpg")
    assert not watcher._counts("/p/library/library.db")


def test_folder_that_cannot_be_watched_is_told_of_now_and_then(bell: Bell, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    gone = str(folder)
    watchers = Watchers(bell.ring, str(tmp_path / "library"), rescan_s=0)
    watchers.sync([gone])
    watchers._by_folder[gone].join()
    assert watchers.problem(gone) == "The folder is not there."
    watchers.sync([gone])
    assert bell.wait() == [gone]
    folder.mkdir()
    watchers.sync([gone])
    bell.wait()
    assert watchers.problem(gone) == ""
    watchers.sync([])
    assert watchers.problem(gone) == ""
    watchers.close()


def test_network_drives_are_recognised_by_their_mount(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/sda1 / ext4 rw 0 0\n"
        "server:/share /mnt/my\\040share nfs4 rw 0 0\n"
        "//nas/photos /mnt/photos cifs rw 0 0\n"
        "tmpfs /mnt/photos/local tmpfs rw 0 0\n"
    )
    assert network_type("/home/ada", mounts) == ""
    assert network_type("/mnt/my share/2024", mounts) == "nfs4"
    assert network_type("/mnt/photos", mounts) == "cifs"
    assert network_type("/mnt/photos/local/a", mounts) == ""
    assert network_type("/home", tmp_path / "none") == ""
