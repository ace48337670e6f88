from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
import pytest

from lookalike.search.engine import search
from lookalike.search.scans import scan_name
from lookalike.testing import FakeEmbedder
from lookalike.types import Found, Pair, Relation, Term

EMBEDDER = FakeEmbedder()
RED, BLUE = (EMBEDDER.embed_texts([colour])[0] for colour in ("red", "blue"))
LOOK, OTHER_LOOK = (sha256(word).digest() for word in (b"one", b"another"))


def nearly(vector: np.ndarray, step: int) -> np.ndarray:
    """As far from `vector` as `step` says, so that the order of results is known."""
    moved = vector + step * 0.08 * np.roll(vector, 3)
    return moved / np.linalg.norm(moved)


def changed(look: bytes, bits: int) -> bytes:
    """`look` with some bits of its first eight bytes turned."""
    return bytes([look[0] ^ (2**bits - 1)]) + look[1:]


def put_reds(shelf, looks: Sequence[bytes]) -> list[int]:
    return shelf.put(np.stack([nearly(RED, step) for step in range(len(looks))]), looks=looks)


def stacks_of(found: Found) -> list[list[int]]:
    return [[m.asset.key, *(v.asset.key for v in m.variants)] for m in found.matches]


def note(shelf, generation: int, *pairs: tuple[int, int, Relation]) -> None:
    """What a duplicate scan found, up to a generation."""
    found = [
        Pair(one=f"{one:064x}", other=f"{other:064x}", relation=relation, confidence=0.9)
        for one, other, relation in pairs
    ]
    shelf.store.save_pairs(scan_name(EMBEDDER.model_id), found, generation)


def test_near_copies_stack_under_the_best_of_them(shelf) -> None:
    one, copy, other = put_reds(shelf, [LOOK, changed(LOOK, 2), OTHER_LOOK])
    found = search("red", shelf.sources, shelf.corpus())
    assert stacks_of(found) == [[one, copy], [other]]
    assert found.matches[0].variants[0].score < found.matches[0].score
    single = search("red", shelf.sources, shelf.corpus(), stack=False)
    assert stacks_of(single) == [[one], [copy], [other]]


def test_near_hashes_of_what_the_model_sees_otherwise_do_not_stack(shelf) -> None:
    keys = shelf.put(np.stack([RED, BLUE]), looks=[LOOK, LOOK])
    assert stacks_of(search("red", shelf.sources, shelf.corpus())) == [[key] for key in keys]


def test_flat_pictures_do_not_stack_by_their_hashes(shelf) -> None:
    keys = put_reds(shelf, [bytes(32), bytes(32)])
    assert stacks_of(search("red", shelf.sources, shelf.corpus())) == [[key] for key in keys]


def test_stacks_have_no_chains(shelf) -> None:
    looks = [LOOK, changed(LOOK, 5), bytes([LOOK[0] ^ 31, LOOK[1] ^ 31]) + LOOK[2:]]
    one, middle, end = put_reds(shelf, looks)
    assert stacks_of(search("red", shelf.sources, shelf.corpus())) == [[one, middle], [end]]


def test_stored_pairs_overrule_hashes_and_a_person_overrules_both(shelf) -> None:
    a, b, c, d = put_reds(shelf, [LOOK, LOOK, OTHER_LOOK, sha256(b"third").digest()])
    note(shelf, 0, (a, b, Relation.SAME_SCENE), (c, d, Relation.CROPPED))
    found = search("red", shelf.sources, shelf.corpus())
    assert stacks_of(found) == [[a], [b], [c, d]]
    assert found.matches[2].variants[0].relation is Relation.CROPPED
    shelf.store.add_decisions([(f"{c:064x}", f"{d:064x}")])
    assert stacks_of(search("red", shelf.sources, shelf.corpus())) == [[a], [b], [c], [d]]


def test_hashes_say_nothing_once_all_was_compared(shelf) -> None:
    a, b = put_reds(shelf, [LOOK, LOOK])
    note(shelf, shelf.store.generation())
    assert stacks_of(search("red", shelf.sources, shelf.corpus())) == [[a], [b]]


def test_copies_of_the_query_picture_stay_on_their_own(shelf) -> None:
    a, b, c, d = put_reds(shelf, [LOOK, LOOK, OTHER_LOOK, OTHER_LOOK])
    asset = shelf.store.get_assets([a])[0]
    found = search(Term.like(asset.id), shelf.sources, shelf.corpus())
    assert found.matches[0].relation is Relation.SELF
    assert stacks_of(found) == [[a], [b], [c, d]]


@pytest.mark.parametrize("limit", [1, 3, 7, 40])
def test_pages_of_stacks_hold_everything_once_in_order(shelf, random_vectors, limit: int) -> None:
    """Thirty pictures with one to twelve copies each, which score alike."""
    sizes = [1 + 11 * (n % 3 == 0) for n in range(30)]
    vectors = np.repeat(random_vectors(30), sizes, axis=0)
    looks = [sha256(f"{n}".encode()).digest() for n, size in enumerate(sizes) for _ in range(size)]
    keys = shelf.put(vectors, looks=looks)
    pages = [search("green", shelf.sources, shelf.corpus(), limit=limit, shortlist=100)]
    while cursor := pages[-1].next_cursor:
        pages.append(
            search(
                "green", shelf.sources, shelf.corpus(), limit=limit, shortlist=100, cursor=cursor
            )
        )
    shown = [key for page in pages for stack in stacks_of(page) for key in stack]
    assert sorted(shown) == keys
    assert all(1 <= len(page.matches) <= limit for page in pages)
    scores = [match.score for page in pages for match in page.matches]
    assert scores == sorted(scores, reverse=True)
    if limit >= 3:  # a page of one is too short to see a stack of twelve whole
        assert sum(len(page.matches) for page in pages) <= 31 + len(pages)
