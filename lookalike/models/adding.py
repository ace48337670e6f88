"""A folder of somebody's with ONNX files in a known shape becomes a model of this machine."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lookalike.errors import AlreadyExists, InferenceFailed, ModelCorrupt, ModelUnavailable
from lookalike.models import manifest as manifests
from lookalike.models.catalog import Entry
from lookalike.models.manifest import Manifest
from lookalike.models.profile import Profile, Wire
from lookalike.models.shelf import Shelf
from lookalike.models.towers import TwoTowers

MOST_BYTES = 16 * 1024**3  # of all files
_MOST_TEXT_BYTES = 1024 * 1024
_EXTERNAL = (".onnx_data", ".onnx.data")  # numbers kept beside a network
_RESAMPLES = {0: "bilinear", 1: "lanczos", 2: "bilinear", 3: "bicubic"}  # Pillow's numbers
_SHAPES = (
    "text_model.onnx and vision_model.onnx (also in onnx/) with tokenizer.json, or "
    "textual/model.onnx and visual/model.onnx with textual/tokenizer.json"
)


def add(
    folder: Path, shelf: Shelf, *, name: str | None = None, entry: Entry | None = None
) -> Manifest:
    """Copies the model in `folder`; the folder itself is not needed afterwards.

    `entry`: the files are those of this model of the catalog: their hashes are checked where
    they are known. Else the folder's own files say how pictures and words are prepared. Raises
    ModelUnavailable, ModelCorrupt, AlreadyExists, BadName.
    """
    name = name or (entry.name if entry else _name_of(folder))
    if shelf.has(name):
        raise AlreadyExists(f"There is a model named {name} already; remove it, or use --name.")
    found = _find_files(folder)
    with shelf.locked(name), shelf.staging(name) as staged:
        _copy(found, staged)
        if entry is not None:
            _check_known(entry, staged)
        profile = entry.profile if entry else _read_profile(folder, staged, found)
        arrived = staged / "model"
        arrived.mkdir()
        for file in list(staged.iterdir()):
            if file != arrived:
                file.rename(arrived / file.name)
        manifest = shelf.put(
            arrived,
            name,
            profile,
            licence=entry.licence if entry else "unknown",
            source=str(folder),
            calibration=entry.calibration if entry else None,
        )
    _try(shelf, name)
    return manifest


def _name_of(folder: Path) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-._") or "model"


def _find_files(folder: Path) -> dict[str, Path]:
    """Name in the model -> file. Raises ModelUnavailable when the shape is not known."""
    if not folder.is_dir():
        raise ModelUnavailable(f"{folder} is not a folder.")
    for wire, below in ((Wire.SPLIT, ""), (Wire.CLIP, ""), (Wire.CLIP, "onnx")):
        towers = {name: folder / below / name for name in (wire.text_file, wire.image_file)}
        places = (folder / wire.tokenizer_file, folder / below / wire.tokenizer_file)
        tokenizer = next((place for place in places if place.is_file()), None)
        if tokenizer is None or not all(file.is_file() for file in towers.values()):
            continue
        beside = {
            f"{Path(name).parent.as_posix()}/{extra.name}".removeprefix("./"): extra
            for name, file in towers.items()
            for extra in sorted(file.parent.iterdir())
            if extra.name.endswith(_EXTERNAL)
        }
        return towers | {wire.tokenizer_file: tokenizer} | beside
    raise ModelUnavailable(f"{folder} holds no model in a known shape: {_SHAPES}.")


def _copy(found: Mapping[str, Path], target: Path) -> None:
    size = sum(file.stat().st_size for file in found.values())
    if size > MOST_BYTES:
        raise ModelUnavailable(f"The files have {size:,} bytes; at most {MOST_BYTES:,} are taken.")
    for name, file in found.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / name)


def _check_known(entry: Entry, staged: Path) -> None:
    for file in entry.files:
        place = staged / file.name
        if not place.is_file():
            raise ModelUnavailable(f"{entry.title} needs {file.name}, which is not there.")
        if file.sha256 is not None and manifests.hash_file(place) != file.sha256:
            raise ModelCorrupt(f"{file.name} is not that of {entry.title}: its sha256 differs.")


# --- what the folder says of itself ---------------------------------------------------------


def _read_profile(folder: Path, staged: Path, found: Mapping[str, Path]) -> Profile:
    wire, dim = _look_inside(staged, found)
    image = _read_image_input(folder, wire)
    lowers = wire is Wire.SIGLIP
    text = {
        "length": 64 if lowers else 77,
        "end": "<eos>" if lowers else "<|endoftext|>",
        "pad": "<pad>" if lowers else "<|endoftext|>" if wire is Wire.CLIP else "",
        "lower_case": lowers,
    }
    text |= _read_text_input(folder, staged / wire.tokenizer_file, text)
    try:
        return Profile.from_data({"wire": wire.value, "dim": dim, "image": image, "text": text})
    except (ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{folder} describes a model that cannot be used: {error}.") from error


def _look_inside(staged: Path, found: Mapping[str, Path]) -> tuple[Wire, int]:
    """The wire and the length of a vector, from the outputs of the picture network."""
    from lookalike.models.sessions import open_session

    is_split = Wire.SPLIT.image_file in found
    file = Wire.SPLIT.image_file if is_split else Wire.CLIP.image_file
    outputs = {node.name: node for node in open_session(staged / file, threads=1).get_outputs()}
    if is_split:
        wire, output = Wire.SPLIT, next(iter(outputs.values()))
    elif "image_embeds" in outputs:
        wire, output = Wire.CLIP, outputs["image_embeds"]
    elif "pooler_output" in outputs:
        wire, output = Wire.SIGLIP, outputs["pooler_output"]
    else:
        raise ModelCorrupt(
            f"{file} gives {', '.join(outputs)}; image_embeds or pooler_output is needed."
        )
    dim = output.shape[-1] if output.shape else None
    if not isinstance(dim, int):
        raise ModelCorrupt(f"{file} does not say how long its vectors are.")
    return wire, dim


def _read_image_input(folder: Path, wire: Wire) -> dict[str, Any]:
    """From preprocessor_config.json (transformers) or preprocess_cfg.json (OpenCLIP)."""
    half = [0.5, 0.5, 0.5]
    told = _read_json(folder / "preprocessor_config.json")
    if told:
        size, crop = told.get("size", {}), told.get("crop_size", {})
        is_cropped = bool(told.get("do_center_crop", wire is Wire.CLIP))
        return {
            "size_px": _side(crop if is_cropped and crop else size),
            "fit": "crop" if is_cropped else "squash",
            "resample": _RESAMPLES.get(told.get("resample", 3), "bicubic"),
            "mean": told.get("image_mean", half),
            "std": told.get("image_std", half),
        }
    told = _read_json(folder / "visual" / "preprocess_cfg.json")
    if told:
        return {
            "size_px": _side(told.get("size", 224)),
            "fit": "squash" if told.get("resize_mode") == "squash" else "crop",
            "resample": told.get("interpolation", "bicubic"),
            "mean": told.get("mean", half),
            "std": told.get("std", half),
        }
    raise ModelUnavailable(
        f"{folder} does not say how pictures are prepared: preprocessor_config.json or "
        "visual/preprocess_cfg.json is missing. For a model of the catalog, name it: --as NAME"
    )


def _read_text_input(folder: Path, tokenizer: Path, usual: Mapping[str, Any]) -> dict[str, Any]:
    """What tokenizer_config.json and the tokenizer's own tokens say otherwise."""
    told = _read_json(folder / "tokenizer_config.json") or _read_json(
        folder / "textual" / "tokenizer_config.json"
    )
    length = told.get("model_max_length")
    text: dict[str, Any] = {}
    if isinstance(length, int) and length < 1000:  # larger: the tokenizer knows no limit
        text["length"] = length
    for name, key in (("end", "eos_token"), ("pad", "pad_token")):
        token = told.get(key)
        token = token.get("content") if isinstance(token, dict) else token
        if isinstance(token, str) and f'"{token}"' in _read_text(tokenizer):
            text[name] = token
    if "do_lower_case" in told:
        text["lower_case"] = bool(told["do_lower_case"]) or usual["lower_case"]
    return text


def _side(size: Any) -> Any:
    if isinstance(size, Mapping):
        return size.get("shortest_edge") or size.get("height")
    return size[0] if isinstance(size, list) and size else size


def _read_json(file: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        if file.stat().st_size <= _MOST_TEXT_BYTES:
            told = json.loads(file.read_text(encoding="utf-8"))
            return told if isinstance(told, dict) else {}
    return {}


def _read_text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _try(shelf: Shelf, name: str) -> None:
    """One picture and one text; a model that cannot do that is taken off the shelf again."""
    try:
        model = TwoTowers(shelf.folder_of(name), threads=1)
        side = model.image_size_px
        model.embed_images(np.zeros((1, side, side, 3), np.uint8) + 127)
        model.embed_texts(["a photo"])
    except (ModelCorrupt, InferenceFailed):
        shelf.remove(name)
        raise
