"""Larger models: two networks that make comparable vectors, in one of three known shapes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lookalike.arrays import Float32s, UInt8s
from lookalike.errors import InferenceFailed, ModelCorrupt
from lookalike.models.manifest import Manifest, read
from lookalike.models.profile import Profile, TextInput
from lookalike.models.sessions import CPU, open_session
from lookalike.types import Calibration, Fitting

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, NodeArg
    from tokenizers import Tokenizer

_NUMBERS = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
_TOKENS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class TwoTowers:
    """A model folder whose manifest has a profile. Nothing is loaded before it is needed."""

    def __init__(self, folder: Path, *, threads: int = 0, provider: str = CPU) -> None:
        """`threads`: per inference; 0 means one for each core. Raises ModelError."""
        self._folder = folder
        self._threads = threads
        self._provider = provider
        self._manifest = read(folder, remedy="remove it and fetch or add it again")
        if self._manifest.profile is None:
            raise ModelCorrupt(f"The manifest of {folder} does not say how the model is used.")
        self._profile: Profile = self._manifest.profile
        self._loading = threading.RLock()

    @property
    def manifest(self) -> Manifest:
        """What is known of the files."""
        return self._manifest

    @property
    def model_id(self) -> str:
        """Name and version."""
        return self._manifest.model_id

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._profile.dim

    @property
    def image_size_px(self) -> int:
        """Side of the square that `embed_images` takes."""
        return self._profile.image.size_px

    @property
    def fitting(self) -> Fitting:
        """How pictures are brought to that square."""
        return self._profile.image.fitting

    @property
    def background(self) -> Float32s:
        """None of its own [0, dim]; a library makes one from what it holds."""
        return np.empty((0, self.dim), np.float32)

    @property
    def calibration(self) -> Calibration | None:
        """What its manifest says."""
        return self._manifest.calibration

    def embed_images(self, images: UInt8s) -> Float32s:
        """`images`: RGB [n, side, side, 3]. Returns [n, dim], unit rows. Raises InferenceFailed."""
        side = self.image_size_px
        if images.ndim != 4 or images.shape[1:] != (side, side, 3) or images.dtype != np.uint8:
            raise InferenceFailed(
                f"Pictures must be uint8 [n, {side}, {side}, 3], "
                f"not {images.dtype} {list(images.shape)}."
            )
        session, wire = self._image_session, self._profile.wire
        (pixels,) = _inputs(session, _NUMBERS, wire.image_file)
        given = normalise(images, self._profile).astype(_NUMBERS[pixels.type])
        return self._run(session, {pixels.name: given}, wire.image_output)

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        """Returns [n, dim], unit rows. Raises InferenceFailed."""
        session, wire = self._text_session, self._profile.wire
        ids, mask = self._tokens(texts)
        given = {
            node.name: (mask if "mask" in node.name else ids).astype(_TOKENS[node.type])
            for node in _inputs(session, _TOKENS, wire.text_file)
        }
        return self._run(session, given, wire.text_output)

    def _tokens(self, texts: Sequence[str]) -> tuple[Any, Any]:
        text = self._profile.text
        rows = self._tokenizer.encode_batch(
            [one.strip().lower() if text.lower_case else one.strip() for one in texts]
        )
        shape = (len(rows), text.length)
        ids = np.array([row.ids for row in rows], np.int64).reshape(shape)
        return ids, np.array([row.attention_mask for row in rows], np.int64).reshape(shape)

    def _run(
        self, session: InferenceSession, given: dict[str, Any], output: str | None
    ) -> Float32s:
        """One row at a time where the network was exported for one."""
        count = len(next(iter(given.values())))
        if not count:
            return np.empty((0, self.dim), np.float32)
        step = 1 if session.get_inputs()[0].shape[0] == 1 else count
        name = _output(session, output, self.model_id)
        try:
            parts = [
                session.run([name], {key: rows[i : i + step] for key, rows in given.items()})[0]
                for i in range(0, count, step)
            ]
        except Exception as error:  # the runtime's errors share no public base
            raise InferenceFailed(f"{self.model_id} failed: {error}") from error
        return self._unit(np.concatenate(parts).astype(np.float32), count)

    def _unit(self, vectors: Float32s, count: int) -> Float32s:
        if vectors.shape != (count, self.dim):
            raise InferenceFailed(
                f"{self.model_id} gave {list(vectors.shape)} numbers, not {[count, self.dim]}."
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(lengths) & (lengths > 0)).all():
            raise InferenceFailed(f"{self.model_id} gave a vector without direction.")
        unit: Float32s = vectors / lengths
        return unit

    @cached_property
    def _image_session(self) -> InferenceSession:
        with self._loading:
            return self._open(self._profile.wire.image_file)

    @cached_property
    def _text_session(self) -> InferenceSession:
        with self._loading:
            return self._open(self._profile.wire.text_file)

    def _open(self, name: str) -> InferenceSession:
        return open_session(self._folder / name, threads=self._threads, provider=self._provider)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return open_tokenizer(self._folder / self._profile.wire.tokenizer_file, self._profile.text)


def normalise(images: UInt8s, profile: Profile) -> Float32s:
    """`images` [n, side, side, 3] as the network takes them: float32 [n, 3, side, side]."""
    mean = np.asarray(profile.image.mean, np.float32)
    std = np.asarray(profile.image.std, np.float32)
    scaled = (images.astype(np.float32) * np.float32(1 / 255) - mean) / std
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2), np.float32)


def open_tokenizer(file: Path, text: TextInput) -> Tokenizer:
    """A tokenizer that cuts and pads every text to the same length. Raises ModelCorrupt."""
    from tokenizers import Tokenizer
    from tokenizers.processors import TemplateProcessing

    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises a bare Exception
        raise ModelCorrupt(f"{file} is not a tokenizer: {error}") from error
    end, pad = tokenizer.token_to_id(text.end), tokenizer.token_to_id(text.pad) if text.pad else 0
    if end is None or pad is None:
        raise ModelCorrupt(f"{file} lacks the token {text.end if end is None else text.pad!r}.")
    if tokenizer.encode("a").ids[-1:] != [end]:
        tokenizer.post_processor = TemplateProcessing(
            single=f"$A {text.end}", special_tokens=[(text.end, end)]
        )
    tokenizer.enable_truncation(text.length)
    tokenizer.enable_padding(length=text.length, pad_id=pad, pad_token=text.pad or "[PAD]")
    return tokenizer


def _inputs(session: InferenceSession, kinds: dict[str, Any], file: str) -> list[NodeArg]:
    """The inputs, all of which must be of one of `kinds`; known by type, since names differ."""
    found = [node for node in session.get_inputs() if node.type in kinds]
    if not found or len(found) != len(session.get_inputs()):
        there = ", ".join(f"{node.name}: {node.type}" for node in session.get_inputs())
        raise ModelCorrupt(f"{file} takes other inputs than expected ({there}).")
    return found


def _output(session: InferenceSession, wanted: str | None, model_id: str) -> str:
    names = [node.name for node in session.get_outputs()]
    if wanted is None:
        return str(names[0])
    if wanted not in names:
        raise ModelCorrupt(f"{model_id} has no output {wanted}; it has {', '.join(names)}.")
    return wanted
