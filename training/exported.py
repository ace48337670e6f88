"""Opens the heads of a model folder, for a training that leaves both its networks as they are.

A head is what turns the output of a network into the learned part of a vector; the rest of the
vector, which speaks of the ImageNet classes, stays. Only the files are needed, no checkpoint.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from training.networks import Head, Inside
from training.words import Words

LAYERS = ("straight", "branch.1", "branch.4")
_PICTURES = 32  # at a time
_LEVELS = 64  # of an int8 weight on either side of zero: what processors without VNNI can take
_WEIGHT = "_Transposed"  # how the quantiser calls a weight that it has turned around


class ExportedTower:
    """One of the two files, as `training.export` writes them."""

    def __init__(self, file: Path, prefix: str, dropout: float) -> None:
        self.file, self.prefix = file, prefix
        self.model = onnx.load(str(file))
        self.weights = {w.name: w for w in self.model.graph.initializer}
        made_by = {name: node for node in self.model.graph.node for name in node.output}
        self._outputs = [self._inner(made_by), self._named(made_by)]
        self.head = self._read_head(dropout)
        self._session: onnxruntime.InferenceSession | None = None

    def run(self, inputs: dict[str, np.ndarray]) -> Inside:
        """Through the network, up to the head."""
        if self._session is None:
            open_model = onnx.ModelProto()
            open_model.CopyFrom(self.model)
            for name in self._outputs:
                value = helper.make_tensor_value_info(name, TensorProto.FLOAT, None)
                open_model.graph.output.append(value)
            self._session = onnxruntime.InferenceSession(
                open_model.SerializeToString(), providers=["CPUExecutionProvider"]
            )
        inner, named = self._session.run(self._outputs, inputs)
        return Inside(torch.from_numpy(inner), torch.from_numpy(named))

    def save(self, head: Head, file: Path) -> None:
        """The same file with another head."""
        state = head.state_dict()
        for layer in LAYERS:
            name = f"{self.prefix}head.{layer}"
            self._write(f"{name}.weight", state[f"{layer}.weight"].numpy())
            self._write(f"{name}.bias", state[f"{layer}.bias"].numpy())
        onnx.checker.check_model(self.model)
        onnx.save(self.model, str(file))

    def _inner(self, made_by: dict[str, onnx.NodeProto]) -> str:
        """The value that the head takes."""
        weight = f"{self.prefix}head.straight.weight"
        names = {weight, f"{weight}{_WEIGHT}_quantized"}
        (node,) = (n for n in self.model.graph.node if names & set(n.input) and n.op_type != "Cast")
        value = node.input[0]
        source = made_by[value]
        return source.input[0] if source.op_type == "DynamicQuantizeLinear" else value

    def _named(self, made_by: dict[str, onnx.NodeProto]) -> str:
        """The second half of what is joined in the end."""
        joined = made_by[made_by["vectors"].input[0]]
        if joined.op_type != "Concat" or len(joined.input) != 2:
            raise ValueError(f"{self.file}: not a file that training.export wrote")
        return joined.input[1]

    def _read_head(self, dropout: float) -> Head:
        state = {}
        for layer in LAYERS:
            for part in ("weight", "bias"):
                values = self._read(f"{self.prefix}head.{layer}.{part}")
                state[f"{layer}.{part}"] = torch.from_numpy(values)
        hidden, width = state["branch.1.weight"].shape
        head = Head(width, hidden, state["straight.weight"].shape[0], dropout)
        head.load_state_dict(state)
        return head

    def _read(self, name: str) -> np.ndarray:
        """A weight or a bias as float32, however it is stored."""
        quantised = f"{name}{_WEIGHT}"
        if f"{quantised}_quantized" in self.weights:
            levels, scale, zero = (
                numpy_helper.to_array(self.weights[f"{quantised}_{part}"]).astype(np.float32)
                for part in ("quantized", "scale", "zero_point")
            )
            return np.ascontiguousarray(((levels - zero) * scale).T)
        stored = self.weights[name if name in self.weights else f"{name}_half"]
        return numpy_helper.to_array(stored).astype(np.float32)

    def _write(self, name: str, values: np.ndarray) -> None:
        """In the way in which it was stored."""
        quantised = f"{name}{_WEIGHT}"
        if f"{quantised}_quantized" in self.weights:
            scale = np.abs(values).max(axis=1) / _LEVELS
            self._put(f"{quantised}_quantized", np.rint(values.T / scale).astype(np.int8))
            self._put(f"{quantised}_scale", scale.astype(np.float32))
            self._put(f"{quantised}_zero_point", np.zeros(len(scale), dtype=np.int8))
        else:
            name = name if name in self.weights else f"{name}_half"
            kind = helper.tensor_dtype_to_np_dtype(self.weights[name].data_type)
            self._put(name, values.astype(kind))

    def _put(self, name: str, values: np.ndarray) -> None:
        self.weights[name].CopyFrom(numpy_helper.from_array(values, name))


class ExportedModel:
    """Both towers of a model folder."""

    def __init__(self, folder: Path, dropout: float) -> None:
        self.folder = folder
        self.image = ExportedTower(folder / "image.onnx", "tower.", dropout)
        self.text = ExportedTower(folder / "text.onnx", "", dropout)
        self._words = Words(folder / "tokenizer.json")

    def see(self, pictures: np.ndarray) -> Inside:
        """Pictures, uint8 [n, side, side, 3]."""
        parts = []
        for start in range(0, len(pictures), _PICTURES):
            part = np.ascontiguousarray(pictures[start : start + _PICTURES])
            parts.append(self.image.run({"images": part}))
        return Inside(*(torch.cat(kind) for kind in zip(*parts, strict=True)))

    def read(self, texts: list[str]) -> Inside:
        """Texts of any length."""

        def both(ids: Tensor, mask: Tensor) -> Tensor:
            return torch.cat(self.text.run({"ids": ids.numpy(), "mask": mask.numpy()}), dim=1)

        read = self._words.read(texts, both, torch.device("cpu"))
        width = self.text.head.straight.in_features
        return Inside(read[:, :width], read[:, width:])

    def save(self, image: Head, text: Head, folder: Path) -> None:
        """The model with other heads; its background and manifest are still to be written."""
        folder.mkdir(parents=True, exist_ok=True)
        self.image.save(image, folder / "image.onnx")
        self.text.save(text, folder / "text.onnx")
        shutil.copy(self.folder / "tokenizer.json", folder / "tokenizer.json")
