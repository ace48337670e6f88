"""What any store must do with what pictures are screened by."""

from __future__ import annotations

from lookalike.stores.base import Store
from lookalike.types import State
from tests.contract.test_store import MODEL, add, indexed

FIRST, SECOND = b"1" * 2736, b"2" * 2736


def names_of(keys: list[int]) -> list[str]:
    return [f"{key:064x}" for key in keys]


def test_signature_is_saved_with_the_result(store: Store) -> None:
    keys = [asset.key for asset in add(store, 3)]
    one, other, unseen = names_of(keys)
    signatures = (FIRST, SECOND, b"")
    results = [indexed(key, signature=s) for key, s in zip(keys, signatures, strict=True)]
    store.save_results(MODEL, results, [])
    assert store.get_signatures([one, unseen, "none", other]) == {one: FIRST, other: SECOND}
    store.put_signatures({unseen: FIRST, "none": SECOND})
    assert store.get_signatures([unseen, "none"]) == {unseen: FIRST}


def test_signature_of_other_bytes_is_forgotten(store: Store) -> None:
    (key,) = (asset.key for asset in add(store))
    (name,) = names_of([key])
    store.save_results(MODEL, [indexed(key, signature=FIRST)], [])
    store.save_results(MODEL, [indexed(key, sha256="new")], [])
    assert store.get_signatures([name, "new"]) == {}
    store.save_results(MODEL, [indexed(key, sha256="new", signature=SECOND)], [])
    assert store.get_signatures([name, "new"]) == {"new": SECOND}


def test_signature_of_an_asset_in_another_state_is_not_relied_on(store: Store) -> None:
    keys = [asset.key for asset in add(store, 2)]
    results = [indexed(key, sha256="same", signature=FIRST) for key in keys]
    store.save_results(MODEL, results, [])
    store.set_state(keys[:1], State.TRASHED)
    assert store.get_signatures(["same"]) == {"same": FIRST}
    store.set_state(keys[1:], State.TRASHED)
    assert store.get_signatures(["same"]) == {}
    store.put_signatures({"same": SECOND})
    store.set_state(keys, State.INDEXED)
    assert store.get_signatures(["same"]) == {"same": FIRST}


def test_signatures_go_with_their_assets(store: Store) -> None:
    (key,) = (asset.key for asset in add(store))
    store.save_results(MODEL, [indexed(key, signature=FIRST)], [])
    store.remove_assets([key])
    assert store.get_signatures(names_of([key])) == {}
