"""The files that ship are the ones that were measured, and they still give the same vectors.

`python tests/golden/test_shipped_model.py` writes the vectors anew, for a new generation.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lookalike.errors import InferenceFailed, ModelCorrupt, ModelUnavailable
from lookalike.models.manifest import verify
from lookalike.models.onnx import OnnxEmbedder
from lookalike.models.registry import FOLDERS, SHIPPED, load

GOLDEN = Path(__file__).parent / "shipped.npz"
TEXTS = ["pink birds", "a red car on a street", "Ein Hund", "x" * 4000, "  A BEACH  "]

# Processors round int8 products differently; another weight or tokeniser moves far more.
CLOSE = 0.99


@pytest.fixture(scope="module")
def embedder():
    return load(threads=1)


def draw(side_px: int) -> np.ndarray:
    """Four pictures [4, side, side, 3]: a red disc, blue over green, stripes, noise."""
    y, x = np.mgrid[0:side_px, 0:side_px] / side_px
    disc = (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.1
    pictures = np.full((4, side_px, side_px, 3), 255, np.uint8)
    pictures[0][disc] = (220, 30, 30)
    pictures[1] = np.where((y < 0.5)[..., None], (90, 140, 230), (60, 150, 60))
    pictures[2] = np.where((np.floor(x * 10) % 2 == 0)[..., None], (20, 20, 20), (240, 240, 240))
    pictures[3] = np.random.default_rng(3).integers(0, 256, (side_px, side_px, 3))
    return pictures


def test_shipped_files_are_as_the_manifest_says() -> None:
    manifest = verify(FOLDERS[SHIPPED])
    onnx_bytes = sum(f.size_bytes for n, f in manifest.files.items() if n.endswith(".onnx"))
    assert onnx_bytes <= 45_000_000
    assert manifest.dim <= 768


def test_shipped_model_gives_the_golden_vectors(embedder) -> None:
    golden = np.load(GOLDEN)
    images = embedder.embed_images(draw(embedder.image_size_px))
    texts = embedder.embed_texts(TEXTS)
    assert str(golden["model_id"]) == embedder.model_id
    assert ((images * golden["images"]).sum(1) > CLOSE).all()
    assert ((texts * golden["texts"]).sum(1) > CLOSE).all()


def test_shipped_model_gives_unit_vectors_that_compare(embedder) -> None:
    images = embedder.embed_images(draw(embedder.image_size_px))
    texts = embedder.embed_texts(["a red circle", "blue sky over green grass", "black stripes"])
    assert np.allclose(np.linalg.norm(images, axis=1), 1, atol=1e-4)
    assert np.allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-4)
    assert (texts @ images[:3].T).argmax(1).tolist() == [0, 1, 2]


def test_shipped_model_does_not_care_about_the_batch(embedder) -> None:
    pictures = draw(embedder.image_size_px)
    one_by_one = np.concatenate([embedder.embed_images(p[None]) for p in pictures])
    assert np.allclose(one_by_one, embedder.embed_images(pictures), atol=1e-4)


def test_text_in_capitals_means_the_same(embedder) -> None:
    low, high = embedder.embed_texts(["pink birds", "PINK BIRDS"])
    assert float(low @ high) > 0.999


def test_no_texts_and_no_pictures_give_no_vectors(embedder) -> None:
    side = embedder.image_size_px
    assert embedder.embed_texts([]).shape == (0, embedder.dim)
    assert embedder.embed_images(np.empty((0, side, side, 3), np.uint8)).shape == (0, embedder.dim)


def test_background_fits_the_model(embedder) -> None:
    bank = embedder.background
    assert bank.shape[1] == embedder.dim
    assert len(bank) >= 1000
    assert np.allclose(np.linalg.norm(bank, axis=1), 1, atol=1e-2)


def test_pictures_of_a_wrong_size_are_refused(embedder) -> None:
    with pytest.raises(InferenceFailed, match="uint8"):
        embedder.embed_images(np.zeros((1, 10, 10, 3), np.uint8))


def test_unknown_model_is_refused_with_the_known_names() -> None:
    with pytest.raises(ModelUnavailable, match=SHIPPED):
        load("no-such-model")


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(FOLDERS[SHIPPED], tmp_path / "model"))


def test_a_cut_file_is_refused(copied) -> None:
    file = copied / "text.onnx"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelCorrupt, match=r"text\.onnx"):
        OnnxEmbedder(copied)


def test_a_changed_file_fails_verification(copied) -> None:
    data = bytearray((copied / "image.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (copied / "image.onnx").write_bytes(data)
    with pytest.raises(ModelCorrupt, match=r"image\.onnx"):
        verify(copied)


def test_a_missing_file_is_named(copied) -> None:
    (copied / "tokenizer.json").unlink()
    with pytest.raises(ModelUnavailable, match=r"tokenizer\.json"):
        OnnxEmbedder(copied)


def test_files_that_are_no_model_are_refused(copied) -> None:
    facts = json.loads((copied / "manifest.json").read_text())
    (copied / "text.onnx").write_bytes(b"no model")
    facts["files"]["text.onnx"]["bytes"] = 8
    (copied / "manifest.json").write_text(json.dumps(facts))
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        OnnxEmbedder(copied).embed_texts(["a"])


def _write() -> None:
    model = load(threads=1)
    np.savez_compressed(
        GOLDEN,
        model_id=model.model_id,
        images=model.embed_images(draw(model.image_size_px)).astype(np.float16),
        texts=model.embed_texts(TEXTS).astype(np.float16),
    )


if __name__ == "__main__":
    _write()
