"""Users, sessions and keys of the embedded store."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from ulid import ULID

from lookalike.errors import AlreadyExists, BadCredentials, Conflict, KeyNotFound
from lookalike.stores.connected import Connected
from lookalike.stores.records import read_clock_us
from lookalike.stores.rows import fold, to_datetime, to_microseconds
from lookalike.types import ApiKey, Role, User

_USED_EVERY_US = 60 * 1_000_000  # a key's last use is not written more often
_FAILURES_KEPT_US = 24 * 3600 * 1_000_000
_USER = "SELECT u.id, u.name, u.role, u.created_at_us, u.password_hash FROM users u"
_KEY = (
    "SELECT id, name, role, key_start, created_by, created_at_us, last_used_at_us, revoked_at_us "
    "FROM api_keys"
)


class Accounts(Connected):
    """Implements `AccountStore`."""

    # --- users ----------------------------------------------------------------------------

    def add_user(self, name: str, role: Role, password_hash: str) -> User:
        """Raises AlreadyExists; names that differ in case only are the same. Raises Conflict when
        the first user is to be no administrator: nobody could let others in."""
        with self._connections.writing() as connection:
            user = _add_user(connection, name, role, password_hash)
            if not _has_administrator(connection):
                raise Conflict("The first user must have the role administrator.")
            return user

    def add_first_user(self, name: str, password_hash: str, setup_hash: str) -> User:
        """The administrator, made with a set-up link, which ends all such links. Raises
        BadCredentials when the link is unknown, used or too old, or there is a user already."""
        with self._connections.writing() as connection:
            link = connection.execute(
                "SELECT 1 FROM setup_links WHERE token_hash = ? AND expires_at_us > ?",
                (setup_hash, read_clock_us()),
            ).fetchone()
            if link is None or connection.execute("SELECT 1 FROM users LIMIT 1").fetchone():
                raise BadCredentials(
                    "This set-up link was used already or is too old; restart the server for a "
                    "new one, or sign in."
                )
            connection.execute("DELETE FROM setup_links")
            return _add_user(connection, name, Role.ADMINISTRATOR, password_hash)

    def list_users(self) -> list[User]:
        """By name."""
        with self._connections.reading() as connection:
            return [_to_user(row) for row in connection.execute(f"{_USER} ORDER BY u.name_folded")]

    def find_user(self, name: str) -> tuple[User, str] | None:
        """With the hash of the password."""
        with self._connections.reading() as connection:
            row = connection.execute(f"{_USER} WHERE u.name_folded = ?", (fold(name),)).fetchone()
        return None if row is None else (_to_user(row), row[4])

    def change_user(
        self, id: str, *, role: Role | None = None, password_hash: str | None = None
    ) -> None:
        """A new password ends the user's sessions. Raises Conflict when no administrator would
        be left."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE users SET role = coalesce(?, role), "
                "password_hash = coalesce(?, password_hash) WHERE id = ?",
                (role and role.value, password_hash, id),
            )
            if password_hash is not None:
                connection.execute("DELETE FROM sessions WHERE user_id = ?", (id,))
            _check_administrator(connection)

    def remove_user(self, id: str) -> None:
        """With all sessions. Raises Conflict when no administrator would be left."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM users WHERE id = ?", (id,))
            _check_administrator(connection)

    # --- sessions -------------------------------------------------------------------------

    def add_session(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        """Forgets sessions that are over, too."""
        now_us = read_clock_us()
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE expires_at_us <= ?", (now_us,))
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)",
                (token_hash, user_id, now_us, to_microseconds(expires_at)),
            )

    def find_session(self, token_hash: str) -> User | None:
        """Whose session it is, while it lasts."""
        with self._connections.reading() as connection:
            row = connection.execute(
                f"{_USER} JOIN sessions s ON s.user_id = u.id "
                "WHERE s.token_hash = ? AND s.expires_at_us > ?",
                (token_hash, read_clock_us()),
            ).fetchone()
        return None if row is None else _to_user(row)

    def remove_session(self, token_hash: str) -> None:
        """Ends it."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE token_hash = ?", (token_hash,))

    # --- keys -----------------------------------------------------------------------------

    def add_key(
        self, name: str, role: Role, key_start: str, key_hash: str, created_by: str
    ) -> ApiKey:
        """Adds an API key."""
        id, now_us = str(ULID()), read_clock_us()
        with self._connections.writing() as connection:
            connection.execute(
                "INSERT INTO api_keys VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (id, name, role.value, key_start, key_hash, created_by, now_us),
            )
            return _to_key(connection.execute(f"{_KEY} WHERE id = ?", (id,)).fetchone())

    def list_keys(self) -> list[ApiKey]:
        """Newest first, revoked ones too."""
        with self._connections.reading() as connection:
            rows = connection.execute(f"{_KEY} ORDER BY created_at_us DESC, id DESC")
            return [_to_key(row) for row in rows]

    def find_key(self, key_hash: str) -> ApiKey | None:
        """One that is not revoked; notes now and then that it was used."""
        with self._connections.reading() as connection:
            row = connection.execute(
                f"{_KEY} WHERE key_hash = ? AND revoked_at_us IS NULL", (key_hash,)
            ).fetchone()
        if row is None:
            return None
        now_us = read_clock_us()
        if now_us - (row[6] or 0) > _USED_EVERY_US:
            with self._connections.writing() as connection:
                connection.execute(
                    "UPDATE api_keys SET last_used_at_us = ? WHERE id = ?", (now_us, row[0])
                )
        return _to_key(row)

    def revoke_key(self, id: str) -> None:
        """For good. Raises KeyNotFound."""
        with self._connections.writing() as connection:
            done = connection.execute(
                "UPDATE api_keys SET revoked_at_us = coalesce(revoked_at_us, ?) WHERE id = ?",
                (read_clock_us(), id),
            )
            if not done.rowcount:
                raise KeyNotFound(f"There is no API key with the id {id!r}.")

    # --- the door -------------------------------------------------------------------------

    def add_setup_link(self, token_hash: str, expires_at: datetime) -> None:
        """In place of earlier ones."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM setup_links")
            connection.execute(
                "INSERT INTO setup_links VALUES (?, ?)", (token_hash, to_microseconds(expires_at))
            )

    def add_failure(self, subject: str) -> None:
        """Remembers a failed log-in."""
        now_us = read_clock_us()
        with self._connections.writing() as connection:
            connection.execute(
                "DELETE FROM failed_attempts WHERE at_us < ?", (now_us - _FAILURES_KEPT_US,)
            )
            connection.execute(
                "INSERT INTO failed_attempts (subject, at_us) VALUES (?, ?)", (subject, now_us)
            )

    def count_failures(self, subject: str, since: datetime) -> int:
        """How many there were."""
        with self._connections.reading() as connection:
            row = connection.execute(
                "SELECT count(*) FROM failed_attempts WHERE subject = ? AND at_us >= ?",
                (subject, to_microseconds(since)),
            ).fetchone()
        return int(row[0])

    def clear_failures(self, subject: str) -> None:
        """After a log-in that worked."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM failed_attempts WHERE subject = ?", (subject,))


def _add_user(connection: sqlite3.Connection, name: str, role: Role, password_hash: str) -> User:
    id, now_us = str(ULID()), read_clock_us()
    try:
        connection.execute(
            "INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)",
            (id, name, fold(name), role.value, password_hash, now_us),
        )
    except sqlite3.IntegrityError as error:
        raise AlreadyExists(f"There is a user named {name} already.") from error
    return User(id=id, name=name, role=role, created_at=to_datetime(now_us))


def _check_administrator(connection: sqlite3.Connection) -> None:
    """Raises Conflict when nobody is one."""
    if not _has_administrator(connection):
        raise Conflict("The last administrator must stay one; make another one first.")


def _has_administrator(connection: sqlite3.Connection) -> bool:
    row = connection.execute("SELECT 1 FROM users WHERE role = 'administrator' LIMIT 1").fetchone()
    return row is not None


def _to_user(row: tuple[Any, ...]) -> User:
    return User(id=row[0], name=row[1], role=Role(row[2]), created_at=to_datetime(row[3]))


def _to_key(row: tuple[Any, ...]) -> ApiKey:
    return ApiKey(
        id=row[0],
        name=row[1],
        role=Role(row[2]),
        key_start=row[3],
        created_by=row[4],
        created_at=to_datetime(row[5]),
        last_used_at=None if row[6] is None else to_datetime(row[6]),
        revoked_at=None if row[7] is None else to_datetime(row[7]),
    )
