"""What any store must do with what files say about their pictures."""

from __future__ import annotations

from lookalike.photo_facts import NO_FACTS, PhotoFacts
from lookalike.stores.base import Store
from lookalike.types import State
from tests.contract.test_store import MODEL, add, indexed

FACTS = PhotoFacts(model="Pixel 8", title="潮", latitude=1.5, longitude=-2.5, altitude_m=3.0)


def test_facts_are_saved_with_the_result(store: Store) -> None:
    keys = [asset.key for asset in add(store, 3)]
    facts = (FACTS, NO_FACTS, None)
    results = [indexed(key, facts=one) for key, one in zip(keys, facts, strict=True)]
    store.save_results(MODEL, results, [])
    assert store.get_photo_facts([*keys, 999]) == {keys[0]: FACTS, keys[1]: NO_FACTS}
    assert [asset.key for asset in store.without_photo_facts(10)] == [keys[2]]
    assert store.without_photo_facts(10, after_key=keys[2]) == []
    assert store.count_without_photo_facts() == 1
    store.save_results(MODEL, [indexed(keys[0], facts=NO_FACTS)], [])
    assert store.get_photo_facts(keys[:1]) == {keys[0]: NO_FACTS}


def test_facts_of_other_bytes_are_dropped(store: Store) -> None:
    first, second = (asset.key for asset in add(store, 2))
    store.save_results(MODEL, [indexed(first), indexed(second)], [])
    store.put_photo_facts(
        [(first, f"{first:064x}", FACTS), (second, "other", FACTS), (999, "", FACTS)]
    )
    assert store.get_photo_facts([first, second, 999]) == {first: FACTS}
    assert [asset.key for asset in store.without_photo_facts(10)] == [second]


def test_positions_are_forgotten_and_nothing_else(store: Store) -> None:
    keys = [asset.key for asset in add(store, 2)]
    store.save_results(MODEL, [indexed(keys[0], facts=FACTS), indexed(keys[1], facts=NO_FACTS)], [])
    assert store.forget_positions() == 1
    assert store.get_photo_facts(keys) == {keys[0]: FACTS.without_position(), keys[1]: NO_FACTS}
    assert store.forget_positions() == 0


def test_facts_go_with_their_asset(store: Store) -> None:
    (key,) = (asset.key for asset in add(store))
    store.save_results(MODEL, [indexed(key, facts=FACTS)], [])
    store.set_state([key], State.TRASHED)
    assert store.get_photo_facts([key]) == {key: FACTS}
    store.remove_assets([key])
    assert store.get_photo_facts([key]) == {}
