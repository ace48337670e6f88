from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lookalike.errors import (
    AssetNotFound,
    BadCursor,
    BadFilter,
    EmptyQuery,
    NotIndexedYet,
    QueryError,
    TooManyBytes,
)
from lookalike.search.engine import search
from lookalike.stores.base import NewAsset, Skipped
from lookalike.testing import FakeEmbedder
from lookalike.types import Band, Filters, Found, Naming, Relation, Source, State, Term

EMBEDDER = FakeEmbedder()
NEW = NewAsset(
    name="new.jpg", folder="a", path=None, source=Source.LINKED, size_bytes=1, mtime_ns=0
)


def keys_of(found: Found) -> list[int]:
    return [match.asset.key for match in found.matches]


def all_pages(shelf, ask, *, limit: int, **options) -> list[Found]:
    pages = [search(ask, shelf.sources, shelf.corpus(), limit=limit, **options)]
    while cursor := pages[-1].next_cursor:
        pages.append(
            search(ask, shelf.sources, shelf.corpus(), limit=limit, cursor=cursor, **options)
        )
    return pages


def exact_order(vectors: np.ndarray, keys: list[int], text: str) -> list[int]:
    scores = vectors.astype(np.float16).astype(np.float64) @ EMBEDDER.embed_texts([text])[0]
    return [keys[i] for i in np.argsort(-scores, kind="stable")]


def test_search_finds_the_best_by_exact_score(shelf, random_vectors) -> None:
    vectors = random_vectors(500)
    keys = shelf.put(vectors)
    found = search("red", shelf.sources, shelf.corpus(), limit=20)
    assert keys_of(found) == exact_order(vectors, keys, "red")[:20]
    expected = vectors.astype(np.float16).astype(np.float64) @ EMBEDDER.embed_texts(["red"])[0]
    assert found.matches[0].score == pytest.approx(expected.max(), abs=1e-6)
    assert found.coverage.indexed == 500
    assert found.took_ms > 0


@pytest.mark.parametrize("limit", [7, 50, 200])
def test_search_pages_hold_everything_once_in_order(shelf, random_vectors, limit: int) -> None:
    vectors = random_vectors(200)
    keys = shelf.put(vectors)
    pages = all_pages(shelf, "blue sky", limit=limit, shortlist=10)
    order = [key for page in pages for key in keys_of(page)]
    assert order == exact_order(vectors, keys, "blue sky")
    assert all(len(page.matches) == limit for page in pages[:-1])


def test_search_pages_hold_everything_once_when_scores_tie(shelf, random_vectors) -> None:
    keys = shelf.put(np.repeat(random_vectors(3), 40, axis=0))
    order = [key for page in all_pages(shelf, "red", limit=9) for key in keys_of(page)]
    assert sorted(order) == keys


def test_search_pages_do_not_repeat_when_pictures_come_and_go(shelf, random_vectors) -> None:
    vectors = random_vectors(200)
    keys = shelf.put(vectors)
    order = exact_order(vectors, keys, "green")
    first = search("green", shelf.sources, shelf.corpus(), limit=10)
    shelf.put(np.repeat(EMBEDDER.embed_texts(["green"]), 5, axis=0))  # before the first
    shelf.store.remove_assets(order[:4] + order[12:14])
    second = search("green", shelf.sources, shelf.corpus(), limit=10, cursor=first.next_cursor)
    assert keys_of(second) == order[10:12] + order[14:22]


def test_search_cursor_of_another_query_is_refused(shelf, random_vectors) -> None:
    shelf.put(random_vectors(30))
    cursor = search("red", shelf.sources, shelf.corpus(), limit=10).next_cursor
    with pytest.raises(BadCursor):
        search("blue", shelf.sources, shelf.corpus(), limit=10, cursor=cursor)
    with pytest.raises(BadCursor):
        search("red", shelf.sources, shelf.corpus(), filters=Filters(folder="a"), cursor=cursor)


def test_search_last_page_has_no_cursor(shelf, random_vectors) -> None:
    shelf.put(random_vectors(20))
    assert search("red", shelf.sources, shelf.corpus(), limit=20).next_cursor is None
    assert search("red", shelf.sources, shelf.corpus(), limit=19).next_cursor is not None


@pytest.mark.parametrize("exact_below", [0, 20_000])
def test_search_filtered_is_exact(shelf, random_vectors, exact_below: int) -> None:
    shelf.put(random_vectors(400), folder="a")
    wanted = random_vectors(30)
    keys = shelf.put(wanted, folder="b")
    corpus = shelf.corpus(exact_below)
    found = search("red", shelf.sources, corpus, filters=Filters(folder="b"), limit=30)
    assert keys_of(found) == exact_order(wanted, keys, "red")
    assert shelf.index_uses == (1 if exact_below == 0 else 0)


def test_search_filtered_to_more_than_the_shortlist_is_exact(shelf, random_vectors) -> None:
    vectors = random_vectors(300)
    keys = shelf.put(vectors, folder="b")
    found = search(
        "red", shelf.sources, shelf.corpus(), filters=Filters(folder="b"), limit=5, shortlist=10
    )
    assert keys_of(found) == exact_order(vectors, keys, "red")[:5]


def test_search_filtered_to_nothing_finds_nothing(shelf, random_vectors) -> None:
    shelf.put(random_vectors(10))
    found = search("red", shelf.sources, shelf.corpus(), filters=Filters(folder="nowhere"))
    assert found.matches == ()
    assert found.next_cursor is None
    assert found.coverage.total == 10


def test_search_wrong_filter_is_refused(shelf) -> None:
    with pytest.raises(BadFilter):
        search("red", shelf.sources, shelf.corpus(), filters=Filters(types=("bmp",)))


def test_search_of_an_empty_library_finds_nothing(shelf) -> None:
    found = search("red", shelf.sources, shelf.corpus())
    assert found.matches == ()
    assert found.coverage.total == 0


def test_search_sees_what_changed_since(shelf, random_vectors) -> None:
    corpus = shelf.corpus()
    (first,) = shelf.put(EMBEDDER.embed_texts(["red"]))
    assert keys_of(search("red", shelf.sources, corpus)) == [first]
    (second,) = shelf.put(EMBEDDER.embed_texts(["red blue"]))
    assert keys_of(search("red", shelf.sources, corpus)) == [first, second]
    shelf.store.set_state([first], State.TRASHED)
    assert keys_of(search("red", shelf.sources, corpus)) == [second]


def test_search_like_an_asset_puts_it_first(shelf, random_vectors) -> None:
    keys = shelf.put(random_vectors(50))
    asset = shelf.store.get_assets([keys[17]])[0]
    found = search(Term.like(asset.id), shelf.sources, shelf.corpus())
    assert found.matches[0].asset.key == keys[17]
    assert found.matches[0].relation is Relation.SELF
    assert found.matches[0].band is not Band.WEAK
    assert {match.relation for match in found.matches[1:]} == {None}


def test_search_like_with_words_claims_no_relation(shelf, random_vectors) -> None:
    keys = shelf.put(random_vectors(50))
    asset = shelf.store.get_assets([keys[17]])[0]
    found = search([Term.like(asset.id), "red"], shelf.sources, shelf.corpus())
    assert {match.relation for match in found.matches} == {None}


def test_search_like_an_unsearchable_asset_says_why(shelf) -> None:
    keys = shelf.put(EMBEDDER.embed_texts(["red"]))
    with pytest.raises(AssetNotFound):
        search(Term.like("nothing"), shelf.sources, shelf.corpus())
    asset = shelf.store.get_assets(keys)[0]
    shelf.store.add_assets([replace(NEW, path="/a/new.jpg")])
    with pytest.raises(NotIndexedYet, match="not yet indexed"):
        search(Term.like("/a/new.jpg"), shelf.sources, shelf.corpus())
    other = replace(shelf.sources, embedder=FakeEmbedder(model_id="another-model"))
    with pytest.raises(NotIndexedYet, match="waits for the renewed model"):
        search(Term.like(asset.id), other, shelf.corpus())
    skipped = Skipped(key=asset.key, reason="corrupt_image", detail="it is torn")
    shelf.store.save_results(EMBEDDER.model_id, [], [skipped])
    with pytest.raises(QueryError, match="cannot be searched with: it is torn"):
        search(Term.like(asset.id), shelf.sources, shelf.corpus())


def test_search_minus_pushes_down(shelf) -> None:
    red, both, blue = shelf.put(EMBEDDER.embed_texts(["red", "red blue", "blue"]))
    plain = search("red", shelf.sources, shelf.corpus())
    less = search(["red", Term.text("blue", weight=-0.5)], shelf.sources, shelf.corpus())
    assert keys_of(plain) == [red, both, blue]
    assert keys_of(less) == [red, both, blue]
    assert less.matches[1].score < plain.matches[1].score
    assert less.matches[2].score < plain.matches[2].score


def test_search_minus_alone_finds_what_is_least_like_it(shelf) -> None:
    red, both, blue = shelf.put(EMBEDDER.embed_texts(["red", "red blue", "blue"]))
    found = search(Term.text("red", weight=-1), shelf.sources, shelf.corpus())
    assert keys_of(found) == [blue, both, red]


@pytest.mark.parametrize(
    "ask",
    ["", "  \n ", [], [""], Term.text("red", weight=0), ["red", Term.text("red", weight=-1)]],
)
def test_search_for_nothing_is_refused(shelf, ask) -> None:
    with pytest.raises(EmptyQuery):
        search(ask, shelf.sources, shelf.corpus())


@pytest.mark.parametrize(
    "term",
    [
        Term(),
        Term(text_value="red", url_value="https://example.org/a.jpg"),
        Term.text("red", weight=float("nan")),
        Term.text("red", weight=float("inf")),
    ],
)
def test_search_with_an_improper_term_is_refused(shelf, term: Term) -> None:
    with pytest.raises(QueryError):
        search(term, shelf.sources, shelf.corpus())


def test_search_with_an_image_over_the_limit_names_both_sizes(shelf) -> None:
    with pytest.raises(TooManyBytes, match=r"1,001 bytes.*1,000 bytes"):
        search(Term.image(b"x" * 1001), shelf.sources, shelf.corpus())


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_search_with_a_wrong_limit_is_refused(shelf, limit: int) -> None:
    with pytest.raises(QueryError):
        search("red", shelf.sources, shelf.corpus(), limit=limit)


def test_search_bands_tell_matches_from_the_rest(shelf, random_vectors) -> None:
    keys = shelf.put(EMBEDDER.embed_texts(["red"]))
    shelf.put(random_vectors(40))
    found = search("red", shelf.sources, shelf.corpus(), limit=50)
    assert found.matches[0].asset.key == keys[0]
    assert found.matches[0].band is not Band.WEAK
    assert found.matches[-1].band is Band.WEAK


def test_search_reads_a_plain_text_as_a_sentence_and_a_term_literally(shelf) -> None:
    red, blue = EMBEDDER.embed_texts(["red", "blue"])
    (only_red, both) = shelf.put(np.stack([red, (red + blue) / np.linalg.norm(red + blue)]))
    found = search("red without blue", shelf.sources, shelf.corpus())
    assert keys_of(found) == [only_red, both]
    literal = search(Term.text("red without blue"), shelf.sources, shelf.corpus())
    assert keys_of(literal) == [both, only_red]


@pytest.mark.parametrize("exact_below", [0, 20_000])
def test_search_shows_pictures_with_a_quoted_name_first(
    shelf, random_vectors, exact_below: int
) -> None:
    keys = shelf.put(random_vectors(60))
    shelf.store.put_tags(keys[40], ["Red Car"])
    corpus = shelf.corpus(exact_below)
    by_name = search('"000007"', shelf.sources, corpus, limit=5, shortlist=5)
    assert keys_of(by_name)[0] == keys[7]
    assert [match.named for match in by_name.matches[:2]] == [Naming.NAME, None]
    assert by_name.matches[0].band is Band.STRONG
    by_tag = search('"red car" at night', shelf.sources, corpus, limit=5, shortlist=5)
    assert by_tag.matches[0].asset.key == keys[40]
    assert by_tag.matches[0].named is Naming.TAG
    elsewhere = Filters(folder="nowhere")
    assert keys_of(search('"000007"', shelf.sources, corpus, filters=elsewhere)) == []
    unquoted = search("000007", shelf.sources, corpus)
    assert all(match.named is None for match in unquoted.matches)


def test_search_pages_with_quoted_names_hold_everything_once(shelf, random_vectors) -> None:
    keys = shelf.put(random_vectors(60))
    pages = all_pages(shelf, '"00001"', limit=7, shortlist=10)
    order = [key for page in pages for key in keys_of(page)]
    assert sorted(order) == keys
    assert set(order[:11]) == {keys[1], *keys[10:20]}  # 000001 and 000010 to 000019
