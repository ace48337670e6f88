"""Models that are fetched, added, verified and removed; the folder is never half a model."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lookalike.errors import (
    AlreadyExists,
    BadName,
    BadSetting,
    LibraryBusy,
    ModelCorrupt,
    ModelUnavailable,
)
from lookalike.models import pulling
from lookalike.models.adding import add
from lookalike.models.catalog import Entry, RemoteFile, find_entry, read_catalog
from lookalike.models.manifest import is_inside
from lookalike.models.profile import Profile
from lookalike.models.registry import load, load_by_id
from lookalike.models.shelf import Shelf
from lookalike.types import Progress

from . import tiny
from .hub import Hub


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with Hub(tiny.write_model(tmp_path / "tiny")).serving() as served:
        yield served


def make_entry(hub: Hub, *, knows: bool = True) -> Entry:
    """The tiny model as an entry of the catalog."""
    files = []
    for name in ("text_model.onnx", "vision_model.onnx", "tokenizer.json"):
        data = (hub.folder / name).read_bytes()
        files.append(
            RemoteFile(
                name=name,
                repository="some/model",
                revision="main",
                path=f"onnx/{name}",
                size_bytes=len(data) if knows else None,
                sha256=hashlib.sha256(data).hexdigest() if knows else None,
            )
        )
    clip = find_entry("clip-vit-b32")
    image = replace(clip.profile.image, size_px=tiny.SIDE)
    profile = replace(clip.profile, dim=tiny.DIM, image=image)
    return replace(clip, name="tiny-clip", title="Tiny CLIP", profile=profile, files=tuple(files))


def pull(entry: Entry, shelf: Shelf, hub: Hub, **options: object):
    return pulling.pull(entry, shelf, mirror=hub.url, offline=False, wait_s=0, **options)  # type: ignore[arg-type]


def test_catalog_names_every_model_of_the_documentation() -> None:
    catalog = read_catalog()
    assert {"clip-vit-b32", "clip-vit-b16", "siglip2-base", "mobileclip2-s0", "mobileclip2-s2"} <= {
        *catalog
    }
    assert {"clip-vit-b32-datacomp", "clip-vit-b16-datacomp"} <= {*catalog}
    for entry in catalog.values():
        names = {file.name for file in entry.files}
        wire = entry.profile.wire
        assert names in ({wire.text_file, wire.image_file, wire.tokenizer_file}, set())
        assert bool(entry.files) != bool(entry.source)
        for file in entry.files:
            assert is_inside(file.name)
            assert is_inside(file.path)
            assert file.sha256 is None or len(bytes.fromhex(file.sha256)) == 32


def test_profile_survives_json() -> None:
    for entry in read_catalog().values():
        assert Profile.from_data(json.loads(json.dumps(entry.profile.to_data()))) == entry.profile


@pytest.mark.parametrize("knows", [True, False])
def test_pulled_model_works_and_is_verified(shelf: Shelf, hub: Hub, knows: bool) -> None:
    seen: list[Progress] = []
    manifest = pull(make_entry(hub, knows=knows), shelf, hub, progress=seen.append)
    assert load("tiny-clip", shelf=shelf).embed_texts(["red"]).shape == (1, tiny.DIM)
    assert load_by_id(manifest.model_id, shelf=shelf).model_id == manifest.model_id
    assert [m.name for m in shelf.list()] == ["tiny-clip"]
    assert shelf.verify("tiny-clip") == manifest
    assert seen[0].stage == "download"
    assert (seen[0].total is not None) == knows
    asked = len(hub.asked)
    assert pull(make_entry(hub, knows=knows), shelf, hub) == manifest  # it is there already
    assert len(hub.asked) == asked


def test_other_files_make_another_version(shelf: Shelf, tmp_path: Path) -> None:
    one = add(tiny.write_model(tmp_path / "a", seed=1), shelf, name="one")
    other = add(tiny.write_model(tmp_path / "b", seed=2), shelf, name="other")
    assert one.version != other.version
    with pytest.raises(ModelUnavailable, match="models use one"):
        load_by_id(f"one@{other.version}", shelf=shelf)


def test_offline_never_touches_the_network(shelf: Shelf, hub: Hub) -> None:
    with pytest.raises(ModelUnavailable) as refused:
        pulling.pull(make_entry(hub), shelf, mirror=hub.url, offline=True)
    assert hub.asked == []
    told = str(refused.value)
    assert "offline" in told
    assert "text_model.onnx" in told
    assert f"{hub.url}/some/model/resolve/main/onnx/vision_model.onnx" in told
    assert "models add FOLDER --as tiny-clip" in told


def test_unreachable_hub_says_what_to_bring(shelf: Shelf, hub: Hub) -> None:
    entry = make_entry(hub)
    told = r"model_mirror.* 3 files, 0 MB: text_model\.onnx.*--as tiny-clip"
    with pytest.raises(ModelUnavailable, match=told):
        pulling.pull(entry, shelf, mirror="http://127.0.0.1:9", offline=False, wait_s=0)
    assert shelf.list() == []


def test_mirror_that_is_no_web_server_is_refused(shelf: Shelf, hub: Hub) -> None:
    for mirror in ("ftp://files", "/srv/models", "file:///srv/models"):
        with pytest.raises(BadSetting, match="model_mirror begins with http"):
            pulling.pull(make_entry(hub), shelf, mirror=mirror, offline=False)


def test_model_without_a_known_export_says_what_to_do(shelf: Shelf) -> None:
    with pytest.raises(ModelUnavailable, match=r"laion/CLIP-ViT-B-32-DataComp.*models add"):
        pulling.pull(find_entry("clip-vit-b32-datacomp"), shelf, mirror="http://x", offline=False)


def test_wrong_hash_leaves_no_model(shelf: Shelf, hub: Hub) -> None:
    entry = make_entry(hub)
    data = bytearray((hub.folder / "vision_model.onnx").read_bytes())
    data[-1] ^= 1
    (hub.folder / "vision_model.onnx").write_bytes(data)
    with pytest.raises(ModelCorrupt, match="sha256"):
        pull(entry, shelf, hub)
    assert shelf.list() == []


PULL = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[4])
from tests.unit.models.hub import Hub
from tests.unit.models.test_shelf import make_entry
from lookalike.models import pulling
from lookalike.models.shelf import Shelf
entry = make_entry(Hub(Path(sys.argv[1])))
told = lambda progress: print(progress.done, flush=True)
pulling.pull(entry, Shelf(Path(sys.argv[2])), mirror=sys.argv[3], offline=False, progress=told)
"""


def test_killed_download_is_gone_on_from(shelf: Shelf, hub: Hub) -> None:
    import threading

    hub.cut_after, hub.gate = 2000, threading.Event()
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", PULL, str(hub.folder), str(shelf.folder), hub.url, str(root)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline()  # bytes have come
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert shelf.list() == []
    hub.cut_after, hub.gate = 0, None
    pull(make_entry(hub), shelf, hub)
    shelf.verify("tiny-clip")
    assert any(asked.startswith("bytes=") for _, asked in hub.asked)


def test_one_process_at_a_time_fetches_a_model(shelf: Shelf, hub: Hub) -> None:
    with shelf.locked("tiny-clip"), pytest.raises(LibraryBusy, match="tiny-clip"):
        pull(make_entry(hub), shelf, hub)


def test_changed_file_fails_verification(shelf: Shelf, hub: Hub) -> None:
    pull(make_entry(hub), shelf, hub)
    file = shelf.folder / "tiny-clip" / "vision_model.onnx"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ModelCorrupt, match=r"vision_model\.onnx.*was changed"):
        shelf.verify("tiny-clip")
    file.write_bytes(data[:-1])
    assert shelf.list() == []


def test_removed_model_is_gone_with_its_parts(shelf: Shelf, hub: Hub) -> None:
    pull(make_entry(hub), shelf, hub)
    shelf.partial("tiny-clip").mkdir()
    (shelf.partial("tiny-clip") / "a.part").write_bytes(b"some")
    assert shelf.remove("tiny-clip") > 1000
    assert [p for p in shelf.folder.iterdir() if p.is_dir()] == []
    with pytest.raises(ModelUnavailable, match="no model named 'tiny-clip'"):
        shelf.remove("tiny-clip")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "A", "x" * 65, ".hidden"])
def test_name_that_leaves_the_folder_is_refused(shelf: Shelf, name: str) -> None:
    for use in (shelf.get, shelf.remove, shelf.verify):
        with pytest.raises(BadName):
            use(name)


def test_manifest_that_names_files_elsewhere_is_refused(shelf: Shelf, hub: Hub) -> None:
    pull(make_entry(hub), shelf, hub)
    file = shelf.folder / "tiny-clip" / "manifest.json"
    told = json.loads(file.read_text())
    told["files"]["../../secret"] = {"bytes": 1, "sha256": "0" * 64}
    file.write_text(json.dumps(told))
    with pytest.raises(ModelCorrupt, match="outside its folder"):
        shelf.get("tiny-clip")


@pytest.mark.parametrize("name", ["a", "a/b.onnx", "onnx/a.b"])
def test_name_inside_a_folder_is_taken(name: str) -> None:
    assert is_inside(name)


@pytest.mark.parametrize("name", ["", "/a", "../a", "a/../b", "a//b", "C:/a", "a\\..\\b", "./a"])
def test_name_outside_a_folder_is_not_taken(name: str) -> None:
    assert not is_inside(name)


# --- a folder of one's own ------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["clip", "siglip", "split"])
def test_added_folder_says_itself_how_it_is_used(shelf: Shelf, tmp_path: Path, shape: str) -> None:
    manifest = add(tiny.write_model(tmp_path / "My Model", shape), shelf)
    assert manifest.name == "my-model"
    assert manifest.profile is not None
    assert manifest.profile.wire == shape
    assert manifest.profile.image.fit == ("squash" if shape == "siglip" else "crop")
    assert (manifest.dim, manifest.image_size_px) == (tiny.DIM, tiny.SIDE)
    with pytest.raises(AlreadyExists, match="my-model"):
        add(tmp_path / "My Model", shelf)


def test_networks_in_a_folder_below_are_found(shelf: Shelf, tmp_path: Path) -> None:
    folder = tiny.write_model(tmp_path / "hub")
    (folder / "onnx").mkdir()
    for name in ("text_model.onnx", "vision_model.onnx"):
        (folder / name).rename(folder / "onnx" / name)
    assert add(folder, shelf).files.keys() == {
        "text_model.onnx",
        "vision_model.onnx",
        "tokenizer.json",
    }


def test_files_of_the_catalog_are_checked_when_brought_by_hand(shelf: Shelf, hub: Hub) -> None:
    entry = make_entry(hub)
    assert add(hub.folder, shelf, entry=entry).name == "tiny-clip"
    (hub.folder / "tokenizer.json").write_text("{}")
    with pytest.raises(ModelCorrupt, match=r"tokenizer\.json is not that of Tiny CLIP"):
        add(hub.folder, shelf, entry=entry, name="again")


def test_folder_without_a_model_is_refused_with_the_shapes(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"known shape: text_model\.onnx"):
        add(tmp_path, shelf)
    with pytest.raises(ModelUnavailable, match="not a folder"):
        add(tmp_path / "nothing", shelf)


def test_folder_that_does_not_say_how_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    folder = tiny.write_model(tmp_path / "mute")
    (folder / "preprocessor_config.json").unlink()
    with pytest.raises(ModelUnavailable, match="--as NAME"):
        add(folder, shelf)


def test_damaged_network_leaves_no_model(shelf: Shelf, tmp_path: Path) -> None:
    folder = tiny.write_model(tmp_path / "torn")
    (folder / "text_model.onnx").write_bytes(b"no network")
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        add(folder, shelf)
    assert shelf.list() == []
    assert not (shelf.folder / "torn").exists()
