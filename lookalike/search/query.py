"""What was asked: terms, checked and made into one vector."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lookalike.arrays import Float32s, Int64s
from lookalike.colours import read_colour
from lookalike.errors import EmptyQuery, NotIndexedYet, QueryError, TooManyBytes
from lookalike.models.base import Embedder
from lookalike.search import passages, sentence
from lookalike.search.blend import blend
from lookalike.search.calibration import USUAL
from lookalike.search.relations import ReadThumbnail, Sample
from lookalike.stores.base import Store
from lookalike.types import Asset, State, Term, Thresholds

if TYPE_CHECKING:
    from lookalike.images.picture import Picture

Ask = str | Term | Sequence[str | Term]

MAX_TERMS = 30  # each has to be embedded
_TEXTS_AT_ONCE = 32  # as long as the longest of them each; more would take memory, not less time


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """Where the vectors of terms come from; `decode` and `fetch` are called only when needed."""

    store: Store
    embedder: Embedder
    decode: Callable[[bytes], Picture]  # raises ImageError
    fetch: Callable[[str], bytes]  # raises UrlRejected, FetchError
    read_thumbnail: ReadThumbnail
    max_upload_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """A query that is ready to be scored."""

    vector: Float32s  # [dim], unit length
    thresholds: Thresholds
    sample: Sample | None  # when one picture is all that was asked about
    phrases: tuple[str, ...]  # pictures with these in name, tags or description come first
    vectors: Float32s  # [n, dim], one a term


@dataclass(frozen=True, slots=True)
class _Resolved:
    vector: Float32s
    sample: Sample | None


def read_terms(ask: Ask) -> list[Term]:
    """The terms that count; a plain text is read as a sentence. Raises EmptyQuery when there is
    none, QueryError for a wrong one."""
    given = [ask] if isinstance(ask, str | Term) else list(ask)
    terms = [
        term
        for item in given
        for term in (sentence.read(item) if isinstance(item, str) else (item,))
    ]
    counting = [term for term in terms if _counts(term)]
    if len(counting) > MAX_TERMS:
        raise QueryError(
            f"A query may have at most {MAX_TERMS} parts; this one has {len(counting):,}."
        )
    if not counting:
        raise EmptyQuery("Nothing to look for; give words, an image, a URL or an asset.")
    return counting


def resolve(terms: Sequence[Term], sources: Sources) -> Query:
    """Makes the vector of `terms`. Raises what `sources` raise, and EmptyQuery, QueryError,
    TooManyBytes, AssetNotFound."""
    words = [term.text_value.strip() for term in terms if term.text_value is not None]
    word_vectors = iter(embed_words(words, sources.embedder))
    resolved = [
        _Resolved(next(word_vectors), None)
        if term.text_value is not None
        else _resolve_picture(term, sources)
        for term in terms
    ]
    is_one_picture = len(terms) == 1 and terms[0].weight > 0
    vectors = np.stack([part.vector for part in resolved])
    weights = [term.weight for term in terms]
    calibration = sources.embedder.calibration or USUAL
    return Query(
        vector=blend(vectors, weights, sources.embedder.background),
        thresholds=calibration.words if words else calibration.pictures,
        sample=resolved[0].sample if is_one_picture else None,
        phrases=tuple(phrase for term in terms if term.weight > 0 for phrase in term.phrases),
        vectors=vectors,
    )


def embed_words(texts: Sequence[str], embedder: Embedder) -> list[Float32s]:
    """A unit vector [dim] each; of a long text, the mean of its parts. Raises InferenceFailed."""
    if not texts:
        return []
    parts = [passages.split(text) for text in texts]
    flat = [part for text in parts for part in text]
    vectors = np.concatenate(
        [
            embedder.embed_texts(flat[start : start + _TEXTS_AT_ONCE])
            for start in range(0, len(flat), _TEXTS_AT_ONCE)
        ]
    )
    ends = np.cumsum([len(text) for text in parts])
    means = [rows.mean(axis=0) for rows in np.split(vectors, ends[:-1])]
    return [np.asarray(mean / max(np.linalg.norm(mean), 1e-6), np.float32) for mean in means]


def _counts(term: Term) -> bool:
    """Whether the term says anything. Raises QueryError when it is not a proper term."""
    values = (
        term.text_value,
        term.image_value,
        term.url_value,
        term.asset_value,
        term.colour_value,
    )
    if sum(value is not None for value in values) != 1:
        raise QueryError("A term is exactly one of text, image, url, asset and colour.")
    if term.colour_value is not None:
        read_colour(term.colour_value)
    if len(term.text_value or "") > sentence.MAX_LETTERS:
        raise QueryError(f"A text may be at most {sentence.MAX_LETTERS:,} letters long.")
    if not math.isfinite(term.weight):
        raise QueryError(f"The weight of a term must be a number, not {term.weight}.")
    if term.weight == 0:
        return False
    return term.text_value is None or bool(term.text_value.strip())


def _resolve_picture(term: Term, sources: Sources) -> _Resolved:
    if term.asset_value is not None:
        return _resolve_asset(sources.store.find_asset(term.asset_value), sources)
    if term.url_value is not None:
        return _resolve_bytes(sources.fetch(term.url_value), sources)
    data = term.image_value or b""
    if len(data) > sources.max_upload_bytes:
        raise TooManyBytes(
            f"The image is {len(data):,} bytes; as a query it may be at most "
            f"{sources.max_upload_bytes:,} bytes."
        )
    return _resolve_bytes(data, sources)


def _resolve_asset(asset: Asset, sources: Sources) -> _Resolved:
    """From the stored vector: the file itself is not read."""
    keys: Int64s = np.array([asset.key], np.int64)
    found, vectors = sources.store.vectors(sources.embedder.model_id, keys)
    if not len(found) and asset.state is State.PENDING:
        raise NotIndexedYet(f"{asset.name} is not yet indexed; try again in a moment.")
    if not len(found) and asset.state is State.INDEXED:
        raise NotIndexedYet(f"{asset.name} waits for the renewed model; try again in a moment.")
    if not len(found):
        reason = asset.skip_detail or asset.skip_reason or asset.state.value
        raise QueryError(f"{asset.path or asset.id} cannot be searched with: {reason}")
    if asset.sha256 is None or asset.phash64 is None or asset.phash256 is None:
        return _Resolved(vectors[0].astype(np.float32), None)
    sample = Sample(
        key=asset.key,
        sha256=asset.sha256,
        width_px=asset.width_px or 0,
        height_px=asset.height_px or 0,
        phash64=asset.phash64,
        phash256=asset.phash256,
        thumbnail=sources.read_thumbnail(asset),
    )
    return _Resolved(vectors[0].astype(np.float32), sample)


def _resolve_bytes(data: bytes, sources: Sources) -> _Resolved:
    picture = sources.decode(data)
    vector = sources.embedder.embed_images(picture.pixels[np.newaxis])[0]
    sample = Sample(
        sha256=picture.sha256,
        width_px=picture.width_px,
        height_px=picture.height_px,
        phash64=picture.phash64,
        phash256=picture.phash256,
        thumbnail=picture.thumbnail,
    )
    return _Resolved(vector, sample)
