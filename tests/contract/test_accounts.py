"""What any store must do with users, sessions and keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lookalike.errors import AlreadyExists, BadCredentials, Conflict, KeyNotFound
from lookalike.stores.service import ServiceStore
from lookalike.types import Role

SOON = timedelta(hours=1)


def later() -> datetime:
    return datetime.now(UTC) + SOON


def earlier() -> datetime:
    return datetime.now(UTC) - SOON


def test_user_is_found_whatever_the_case(store: ServiceStore) -> None:
    ann = store.add_user("Ann", Role.ADMINISTRATOR, "hash")
    assert store.find_user("ANN") == (ann, "hash")
    assert store.find_user("bob") is None
    with pytest.raises(AlreadyExists):
        store.add_user("ann", Role.VIEWER, "other")
    bob = store.add_user("bob", Role.VIEWER, "hash")
    assert store.list_users() == [ann, bob]


def test_first_user_is_an_administrator(store: ServiceStore) -> None:
    with pytest.raises(Conflict):
        store.add_user("ann", Role.EDITOR, "hash")
    assert store.list_users() == []


def test_last_administrator_stays(store: ServiceStore) -> None:
    ann = store.add_user("ann", Role.ADMINISTRATOR, "hash")
    bob = store.add_user("bob", Role.EDITOR, "hash")
    with pytest.raises(Conflict):
        store.remove_user(ann.id)
    with pytest.raises(Conflict):
        store.change_user(ann.id, role=Role.VIEWER)
    assert store.list_users() == [ann, bob]
    store.change_user(bob.id, role=Role.ADMINISTRATOR)
    store.remove_user(ann.id)
    assert [(user.name, user.role) for user in store.list_users()] == [("bob", Role.ADMINISTRATOR)]


def test_session_lasts_until_its_end(store: ServiceStore) -> None:
    ann = store.add_user("ann", Role.ADMINISTRATOR, "hash")
    store.add_session("old", ann.id, earlier())
    store.add_session("one", ann.id, later())
    store.add_session("two", ann.id, later())
    assert store.find_session("one") == ann
    assert store.find_session("old") is None
    assert store.find_session("") is None
    store.remove_session("one")
    assert store.find_session("one") is None
    assert store.find_session("two") == ann


def test_sessions_end_with_the_password_and_with_the_user(store: ServiceStore) -> None:
    store.add_user("root", Role.ADMINISTRATOR, "hash")
    ann = store.add_user("ann", Role.VIEWER, "hash")
    store.add_session("one", ann.id, later())
    store.change_user(ann.id, role=Role.EDITOR)
    found = store.find_session("one")
    assert found is not None
    assert found.role is Role.EDITOR
    store.change_user(ann.id, password_hash="new")
    assert store.find_session("one") is None
    store.add_session("two", ann.id, later())
    store.remove_user(ann.id)
    assert store.find_session("two") is None


def test_first_user_comes_by_a_link(store: ServiceStore) -> None:
    store.add_setup_link("old", later())
    store.add_setup_link("late", earlier())
    for wrong in ("old", "late", "unknown"):
        with pytest.raises(BadCredentials):
            store.add_first_user("ann", "hash", wrong)
    store.add_setup_link("good", later())
    assert store.add_first_user("ann", "hash", "good").role is Role.ADMINISTRATOR
    with pytest.raises(BadCredentials):
        store.add_first_user("bob", "hash", "good")
    store.add_setup_link("another", later())
    with pytest.raises(BadCredentials):
        store.add_first_user("bob", "hash", "another")
    assert [user.name for user in store.list_users()] == ["ann"]


def test_key_works_until_it_is_revoked(store: ServiceStore) -> None:
    key = store.add_key("shop", Role.EDITOR, "lk_abc", "hash", "ann")
    assert (key.last_used_at, key.revoked_at, key.created_by) == (None, None, "ann")
    found = store.find_key("hash")
    assert found is not None
    assert found.id == key.id
    assert store.find_key("other") is None
    (listed,) = store.list_keys()
    assert listed.last_used_at is not None
    store.revoke_key(key.id)
    assert store.find_key("hash") is None
    assert store.list_keys()[0].revoked_at is not None
    with pytest.raises(KeyNotFound):
        store.revoke_key("unknown")


def test_failures_are_counted_by_subject_and_time(store: ServiceStore) -> None:
    for _ in range(3):
        store.add_failure("ann")
    store.add_failure("bob")
    assert store.count_failures("ann", earlier()) == 3
    assert store.count_failures("ann", later()) == 0
    store.clear_failures("ann")
    assert (store.count_failures("ann", earlier()), store.count_failures("bob", earlier())) == (
        0,
        1,
    )
