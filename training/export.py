"""Writes the two trained towers as the ONNX files that ship, with their manifest.

Pictures enter as uint8 [n, side, side, 3]; scaling is part of the file. Picture weights are
kept as float16 and widened when the session loads; text weights are int8.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from training.networks import ImageTower, TextTower
from training.sets import Sets

FILES = ("image.onnx", "text.onnx", "tokenizer.json", "background.npy")

# How many pictures of each set stand for "anything at all".
BACKGROUND = {
    "flickr8k-train": 400,
    "coco-train": 250,
    "imagenet-sample": 200,
    "products": 100,
    "openmoji": 40,
    "tabler": 34,
}


class _FromBytes(nn.Module):
    """Takes pictures as they lie in memory: uint8, channels last."""

    def __init__(self, tower: ImageTower) -> None:
        super().__init__()
        self.tower = tower

    def forward(self, images: Tensor) -> Tensor:
        return self.tower(images.permute(0, 3, 1, 2).float())


def export_image(tower: ImageTower, side_px: int, file: Path) -> None:
    """Input `images` uint8 [n, side, side, 3]; output `vectors` float32 [n, dim]."""
    tower = tower.float().eval()
    tower.frozen_blocks = 0
    sample = torch.zeros(2, side_px, side_px, 3, dtype=torch.uint8)
    torch.onnx.export(
        _FromBytes(tower),
        (sample,),
        str(file),
        input_names=["images"],
        output_names=["vectors"],
        dynamic_axes={"images": {0: "n"}, "vectors": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    _halve_weights(file)


def export_text(tower: TextTower, file: Path) -> None:
    """Inputs `ids`, `mask` int64 [n, t]; output `vectors` float32 [n, dim]."""
    tower = tower.float().eval()
    ids = torch.ones(2, 7, dtype=torch.long)
    axes = {"ids": {0: "n", 1: "t"}, "mask": {0: "n", 1: "t"}, "vectors": {0: "n"}}
    with tempfile.TemporaryDirectory() as place:
        wide, ready = Path(place) / "wide.onnx", Path(place) / "ready.onnx"
        torch.onnx.export(
            tower,
            (ids, torch.ones_like(ids)),
            str(wide),
            input_names=["ids", "mask"],
            output_names=["vectors"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
        quant_pre_process(str(wide), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready),
            str(file),
            per_channel=True,
            weight_type=QuantType.QInt8,
            reduce_range=True,  # processors without VNNI would overflow otherwise
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
        )


def _halve_weights(file: Path) -> None:
    """Stores large float32 weights as float16, each behind a Cast that is folded at load."""
    model = onnx.load(str(file))
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < 1024:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, str(file))


def export_model(
    image: ImageTower, text: TextTower, tokenizer: Path, sets: Sets, folder: Path, name: str
) -> None:
    """Writes a model folder that Lookalike can use."""
    folder.mkdir(parents=True, exist_ok=True)
    side_px = sets["products"].images.shape[1]
    export_image(image, side_px, folder / "image.onnx")
    export_text(text, folder / "text.onnx")
    shutil.copy(tokenizer, folder / "tokenizer.json")
    np.save(folder / "background.npy", background(folder / "image.onnx", sets))
    facts = {
        "name": name,
        "version": "1",
        "dim": image.head.straight.out_features + image.concepts.out_features,
        "image_size_px": side_px,
        "max_tokens": 64,
        "licence": "Apache-2.0",
        "preprocess": "RGB, on white, squashed to a square; scaling is inside image.onnx",
        "trained_on": {name: len(captioned) for name, captioned in sets.items()},
    }
    write_manifest(folder, facts)


def background(image_onnx: Path, sets: Sets, seed: int = 0) -> np.ndarray:
    """Vectors float16 [m, dim] of all kinds of pictures: what bands are measured against."""
    session = onnxruntime.InferenceSession(str(image_onnx), providers=["CPUExecutionProvider"])
    chance = np.random.default_rng(seed)
    vectors = []
    for name, count in BACKGROUND.items():
        rows = chance.choice(len(sets[name]), count, replace=False)
        for part in np.array_split(sets[name].images[rows], max(1, count // 32)):
            vectors += session.run(["vectors"], {"images": part})
    return np.concatenate(vectors).astype(np.float16)


def sha256_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def write_manifest(folder: Path, facts: dict[str, object]) -> None:
    """`facts` beside the size and hash of each file, as manifest.json."""
    facts["files"] = {
        name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}
        for name in FILES
    }
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
