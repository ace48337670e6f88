"""The three wire shapes against the processors of transformers."""

from __future__ import annotations

import io
import json
import os
import warnings
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from lookalike.errors import BadSetting, InferenceFailed, MissingExtra, ModelCorrupt
from lookalike.images.decode import Limits
from lookalike.images.picture import prepare
from lookalike.models import sessions
from lookalike.models.adding import add
from lookalike.models.base import Embedder
from lookalike.models.registry import load
from lookalike.models.shelf import Shelf

from . import tiny

os.environ["TRANSFORMERS_VERBOSITY"] = "critical"
LIMITS = Limits(max_bytes=10**7, max_pixels=10**7, max_avif_pixels=10**7)
SHAPES = ("clip", "siglip", "split")
TEXTS = [
    "a photo of the sea",
    "  A RED Boat, and the dog's house!  ",
    "",
    "blue " * 100,
    "Zürich",
]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "models")


def make(shelf: Shelf, shape: str) -> Embedder:
    add(tiny.write_model(shelf.folder.parent / shape, shape), shelf)
    return load(shape, shelf=shelf, threads=1)


def picture(width: int, height: int) -> Image.Image:
    random = np.random.default_rng(width * height)
    rough = Image.fromarray(random.integers(0, 256, (9, 9, 3), dtype=np.uint8))
    return rough.resize((width, height), Image.Resampling.BICUBIC)


def encode(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def reference_pixels(shape: str, image: Image.Image) -> np.ndarray:
    """[3, side, side] as transformers prepares it."""
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    kind = SiglipImageProcessorPil if shape == "siglip" else CLIPImageProcessorPil
    settings = tiny.image_settings("siglip" if shape == "siglip" else "clip")
    if shape == "split":
        settings |= {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28]}
    return np.asarray(kind(**settings)(image, return_tensors="np")["pixel_values"][0])


def reference_tokens(shape: str, texts: list[str]) -> np.ndarray:
    """[n, length] as transformers cuts and pads them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from transformers import CLIPTokenizer, Siglip2Tokenizer

        if shape == "siglip":
            vocabulary, merges = tiny.siglip_vocabulary()
            tokenizer = Siglip2Tokenizer(
                vocab=vocabulary, merges=merges, padding_side="right", add_eos_token=True
            )
            given = [f"{text.strip()}" for text in texts]
            length = 64
        else:
            vocabulary, merges = tiny.clip_vocabulary()
            tokenizer = CLIPTokenizer(vocab=vocabulary, merges=merges)
            given, length = texts, 77
        rows = tokenizer(
            given, padding="max_length", truncation=True, max_length=length, return_tensors="np"
        )["input_ids"]
    if shape == "split":  # OpenCLIP pads with zeros behind the end of the text
        end = vocabulary["<|endoftext|>"]
        for row in rows:
            row[np.flatnonzero(row == end)[0] + 1 :] = 0
    return np.asarray(rows)


def run(folder: Path, shape: str, tower: str, given: np.ndarray) -> np.ndarray:
    file = {
        ("split", "text"): "textual/model.onnx",
        ("split", "image"): "visual/model.onnx",
        ("clip", "text"): "text_model.onnx",
        ("clip", "image"): "vision_model.onnx",
    }[("split" if shape == "split" else "clip", tower)]
    session = sessions.open_session(folder / file, threads=1)
    kind = np.int32 if shape == "split" else np.int64
    given = given.astype(kind if tower == "text" else np.float32)
    (vectors,) = session.run(None, {session.get_inputs()[0].name: given})
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("size", [(16, 16), (40, 23), (23, 40), (61, 17), (12, 9), (57, 57)])
def test_picture_gives_the_vector_of_the_reference(
    shelf: Shelf, shape: str, size: tuple[int, int]
) -> None:
    model = make(shelf, shape)
    image = picture(*size)
    prepared = prepare(encode(image), LIMITS, side_px=model.image_size_px, fitting=model.fitting)
    expected = run(shelf.folder / shape, shape, "image", reference_pixels(shape, image)[np.newaxis])
    np.testing.assert_allclose(model.embed_images(prepared.pixels[np.newaxis]), expected, atol=1e-4)


@pytest.mark.parametrize("size", [(1000, 700), (2000, 90), (900, 30)])
def test_large_picture_is_prepared_almost_as_the_reference(
    shelf: Shelf, size: tuple[int, int]
) -> None:
    """It is reduced by whole steps first, which saves most of the time."""
    model = make(shelf, "clip")
    image = picture(*size)
    prepared = prepare(encode(image), LIMITS, side_px=model.image_size_px, fitting=model.fitting)
    expected = run(
        shelf.folder / "clip", "clip", "image", reference_pixels("clip", image)[np.newaxis]
    )
    assert float((model.embed_images(prepared.pixels[np.newaxis]) @ expected.T)[0, 0]) > 0.999


@pytest.mark.parametrize("shape", SHAPES)
def test_text_gives_the_vector_of_the_reference(shelf: Shelf, shape: str) -> None:
    model = make(shelf, shape)
    expected = run(shelf.folder / shape, shape, "text", reference_tokens(shape, TEXTS))
    np.testing.assert_allclose(model.embed_texts(TEXTS), expected, atol=1e-4)


def test_nothing_gives_no_vectors(shelf: Shelf) -> None:
    model = make(shelf, "clip")
    assert model.embed_texts([]).shape == (0, tiny.DIM)
    side = model.image_size_px
    assert model.embed_images(np.zeros((0, side, side, 3), np.uint8)).shape == (0, tiny.DIM)


def test_pictures_of_a_wrong_size_are_refused(shelf: Shelf) -> None:
    with pytest.raises(InferenceFailed, match="uint8"):
        make(shelf, "clip").embed_images(np.zeros((1, 5, 5, 3), np.uint8))


def test_network_for_one_picture_at_a_time_takes_several(shelf: Shelf) -> None:
    folder = tiny.write_model(shelf.folder.parent / "one", "clip")
    network = onnx.load(folder / "vision_model.onnx")
    network.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    network.graph.output[0].type.tensor_type.shape.dim[0].dim_value = 1
    onnx.save(network, folder / "vision_model.onnx")
    add(folder, shelf)
    images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3), dtype=np.uint8)
    np.testing.assert_allclose(
        load("one", shelf=shelf).embed_images(images), make(shelf, "clip").embed_images(images)
    )


def test_network_with_other_outputs_is_refused_by_name(shelf: Shelf) -> None:
    make(shelf, "clip")
    manifest = shelf.folder / "clip" / "manifest.json"
    told = json.loads(manifest.read_text())
    told["profile"]["wire"] = "siglip"
    manifest.write_text(json.dumps(told))
    with pytest.raises(ModelCorrupt, match="no output pooler_output; it has text_embeds"):
        load("clip", shelf=shelf).embed_texts(["a"])


def test_numbers_outside_the_model_folder_are_not_read(shelf: Shelf) -> None:
    """A network may keep numbers in files beside it; a hostile one names a file elsewhere."""
    folder = tiny.write_model(shelf.folder.parent / "hostile", "clip")
    network = onnx.load(folder / "vision_model.onnx")
    weight = network.graph.initializer[0]
    (shelf.folder.parent / "secret").write_bytes(weight.raw_data)
    weight.ClearField("raw_data")
    weight.data_location = onnx.TensorProto.EXTERNAL
    entry = weight.external_data.add()
    entry.key, entry.value = "location", "../secret"
    (folder / "vision_model.onnx").write_bytes(network.SerializeToString())
    with pytest.raises(ModelCorrupt, match="cannot be loaded"):
        add(folder, shelf)


def test_provider_that_is_not_installed_is_refused_with_those_that_are() -> None:
    missing = next(p for p in sessions.PROVIDERS if p not in sessions.available_providers())
    with pytest.raises(MissingExtra, match=rf"with {missing}; it can with cpu.*\[{missing}\]"):
        load(provider=missing).embed_texts(["a"])
    with pytest.raises(BadSetting, match="cpu, cuda, coreml, directml, openvino"):
        sessions.check_provider("abacus")
