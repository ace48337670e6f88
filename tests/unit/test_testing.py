"""The fake model must be good enough that a wrong search shows."""

from __future__ import annotations

import numpy as np

from lookalike.testing import FakeEmbedder


def flat(*colour: int) -> np.ndarray:
    return np.full((48, 48, 3), colour, np.uint8)


def test_fake_embedder_brings_words_to_pictures_of_their_colour() -> None:
    embedder = FakeEmbedder()
    colours = {"red": (210, 40, 20), "blue": (20, 50, 200), "white": (255, 255, 255)}
    pictures = embedder.embed_images(np.stack([flat(*colour) for colour in colours.values()]))
    texts = embedder.embed_texts([f"something {name}, please" for name in colours])
    scores = texts @ pictures.T
    assert (scores.argmax(axis=1) == np.arange(3)).all()
    assert (np.diag(scores) > 0.9).all()


def test_fake_embedder_returns_the_same_unit_vectors_each_time() -> None:
    images = np.random.default_rng(1).integers(0, 256, (5, 48, 48, 3), dtype=np.uint8)
    first, second = FakeEmbedder().embed_images(images), FakeEmbedder().embed_images(images)
    assert first.shape == (5, FakeEmbedder().dim)
    assert first.dtype == np.float32
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(FakeEmbedder().background, axis=1), 1, atol=1e-6)


def test_fake_embedder_tells_texts_without_colours_apart() -> None:
    dog, cat, dog_again = FakeEmbedder().embed_texts(["a dog", "a cat", "a dog"])
    assert dog @ cat < 0.9
    np.testing.assert_array_equal(dog, dog_again)


def test_fake_embedder_of_nothing_returns_nothing() -> None:
    embedder = FakeEmbedder()
    assert embedder.embed_texts([]).shape == (0, embedder.dim)
    assert embedder.embed_images(np.zeros((0, 8, 8, 3), np.uint8)).shape == (0, embedder.dim)
