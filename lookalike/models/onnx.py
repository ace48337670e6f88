"""The shape of the model that ships: two ONNX networks that take what they need as it is."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lookalike.arrays import Float32s, UInt8s
from lookalike.errors import InferenceFailed
from lookalike.models.manifest import Manifest, read
from lookalike.models.sessions import CPU, open_session
from lookalike.types import Calibration, Fitting

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer


class OnnxEmbedder:
    """A model folder with image.onnx, text.onnx, tokenizer.json and background.npy.

    Nothing is loaded before it is needed: a text query never loads the picture network.
    """

    def __init__(self, folder: Path, *, threads: int = 0, provider: str = CPU) -> None:
        """`threads`: per inference; 0 means one for each core. Raises ModelError."""
        self._folder = folder
        self._threads = threads
        self._provider = provider
        self._manifest = read(folder)
        self._loading = threading.RLock()

    @property
    def manifest(self) -> Manifest:
        """What the model says of itself."""
        return self._manifest

    @property
    def model_id(self) -> str:
        """Name and version."""
        return self._manifest.model_id

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._manifest.dim

    @property
    def image_size_px(self) -> int:
        """Side of the square that `embed_images` takes."""
        return self._manifest.image_size_px

    @property
    def fitting(self) -> Fitting:
        """Squashed: the whole picture stays in view."""
        return Fitting()

    @cached_property
    def background(self) -> Float32s:
        """Vectors [m, dim] of pictures unrelated to any query."""
        bank: Float32s = np.load(self._folder / "background.npy").astype(np.float32)
        return bank

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
        if not len(images):
            return np.empty((0, self.dim), np.float32)
        return self._run(self._image_session, {"images": images})

    def embed_texts(self, texts: Sequence[str]) -> Float32s:
        """Returns [n, dim], unit rows. Raises InferenceFailed."""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        rows = self._tokenizer.encode_batch([text.strip() for text in texts])
        ids = np.array([row.ids for row in rows], dtype=np.int64)
        mask = np.array([row.attention_mask for row in rows], dtype=np.int64)
        return self._run(self._text_session, {"ids": ids, "mask": mask})

    def _run(self, session: InferenceSession, inputs: dict[str, Any]) -> Float32s:
        try:
            (vectors,) = session.run(["vectors"], inputs)
        except Exception as error:  # the runtime's errors share no public base
            raise InferenceFailed(f"{self.model_id} failed: {error}") from error
        result: Float32s = np.asarray(vectors, dtype=np.float32)
        if not np.isfinite(result).all():
            raise InferenceFailed(f"{self.model_id} gave a vector that is not finite.")
        return result

    @property
    def _image_session(self) -> InferenceSession:
        return self._session("image.onnx")

    @property
    def _text_session(self) -> InferenceSession:
        return self._session("text.onnx")

    def _session(self, name: str) -> InferenceSession:
        with self._loading:
            sessions: dict[str, InferenceSession] = self.__dict__.setdefault("_sessions", {})
            if name not in sessions:
                sessions[name] = open_session(
                    self._folder / name, threads=self._threads, provider=self._provider
                )
            return sessions[name]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.enable_truncation(self._manifest.max_tokens)
        tokenizer.enable_padding()
        return tokenizer
