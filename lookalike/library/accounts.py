"""Users, sessions and API keys.

Passwords are kept as argon2 hashes. Session tokens, API keys and set-up links are 256 random bits
each, kept as sha256: there is nothing in them to guess.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lookalike.errors import BadCredentials, InputError, TooManyAttempts, UserNotFound
from lookalike.library.names import clean_label
from lookalike.types import ApiKey, Role, User

if TYPE_CHECKING:
    from lookalike.stores.service import AccountStore

MIN_PASSWORD_LETTERS = 10
_MAX_PASSWORD_LETTERS = 1000
SESSION_LASTS = timedelta(days=14)
SETUP_LINK_LASTS = timedelta(hours=24)
KEY_PREFIX = "lk_"

# Failed log-ins within the window, by what they have in common.
_WINDOW = timedelta(minutes=15)
_MOST_FOR_NAME_AND_ADDRESS = 5
_MOST_FOR_ADDRESS = 30
_MOST_FOR_NAME = 100

# Each check of a password takes 64 MiB for a moment.
_checks = threading.BoundedSemaphore(2)


class Accounts:
    """Safe to use from any thread. `Library.accounts` is one."""

    def __init__(self, store: AccountStore) -> None:
        self._store = store

    # --- users ----------------------------------------------------------------------------

    def users(self) -> list[User]:
        """By name."""
        return self._store.list_users()

    def add_user(self, name: str, password: str, role: Role | str) -> User:
        """Raises AlreadyExists, BadName, InputError, and Conflict when the first one is to be no
        administrator."""
        return self._store.add_user(clean_label(name), _role(role), _hash_password(password))

    def change_user(
        self, name: str, *, role: Role | str | None = None, password: str | None = None
    ) -> None:
        """A new password ends the sessions of the user. Raises UserNotFound, InputError, and
        Conflict when no administrator would be left."""
        self._store.change_user(
            self._user(name).id,
            role=None if role is None else _role(role),
            password_hash=None if password is None else _hash_password(password),
        )

    def remove_user(self, name: str) -> None:
        """Raises UserNotFound, and Conflict when no administrator would be left."""
        self._store.remove_user(self._user(name).id)

    # --- first run ------------------------------------------------------------------------

    def make_setup_link(self) -> str | None:
        """A token that lets its bearer make the first administrator, once; earlier ones end.
        None when there are users already."""
        if self._store.list_users():
            return None
        token = secrets.token_urlsafe(32)
        self._store.add_setup_link(_hash(token), datetime.now(UTC) + SETUP_LINK_LASTS)
        return token

    def use_setup_link(self, token: str, name: str, password: str) -> User:
        """Makes the first administrator. Raises BadCredentials, BadName, InputError."""
        return self._store.add_first_user(clean_label(name), _hash_password(password), _hash(token))

    # --- sessions -------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str = "") -> tuple[str, User]:
        """A session token and whose it is. `address`: the caller's, for the rate limit. Raises
        BadCredentials, TooManyAttempts."""
        user = self._check(name, password, address)
        token = secrets.token_urlsafe(32)
        self._store.add_session(_hash(token), user.id, datetime.now(UTC) + SESSION_LASTS)
        return token, user

    def change_own_password(self, name: str, old: str, new: str, *, address: str = "") -> None:
        """For whoever knows the old one; ends all sessions of the user. Raises BadCredentials,
        TooManyAttempts, InputError."""
        self._check(name, old, address)
        self.change_user(name, password=new)

    def _check(self, name: str, password: str, address: str) -> User:
        """The user, when the password is theirs. Raises BadCredentials, TooManyAttempts."""
        subjects = _subjects(name, address)
        since = datetime.now(UTC) - _WINDOW
        for subject, most in subjects.items():
            if self._store.count_failures(subject, since) >= most:
                raise TooManyAttempts(
                    f"Too many failed log-ins; try again in {_WINDOW.seconds // 60} minutes."
                )
        found = self._store.find_user(name)
        # An unknown name takes as long as a wrong password.
        fits = _is_password(password, found[1] if found else _dummy_hash())
        if found is None or not fits:
            for subject in subjects:
                self._store.add_failure(subject)
            raise BadCredentials("The name or the password is wrong.")
        self._store.clear_failures(next(iter(subjects)))
        return found[0]

    def session_user(self, token: str) -> User | None:
        """Whose session it is, while it lasts."""
        return self._store.find_session(_hash(token))

    def sign_out(self, token: str) -> None:
        """Ends a session."""
        self._store.remove_session(_hash(token))

    # --- keys -----------------------------------------------------------------------------

    def add_key(self, name: str, role: Role | str, *, by: str = "") -> tuple[ApiKey, str]:
        """A new API key, and the text to hand to a program: it cannot be had again. Raises
        BadName, InputError."""
        secret = KEY_PREFIX + secrets.token_urlsafe(32)
        start = secret[: len(KEY_PREFIX) + 6]
        return self._store.add_key(clean_label(name), _role(role), start, _hash(secret), by), secret

    def api_keys(self) -> list[ApiKey]:
        """Newest first, revoked ones too."""
        return self._store.list_keys()

    def key(self, secret: str) -> ApiKey | None:
        """The key that this text is, unless it was revoked."""
        if not secret.startswith(KEY_PREFIX):
            return None
        return self._store.find_key(_hash(secret))

    def revoke_key(self, id: str) -> None:
        """For good. Raises KeyNotFound."""
        self._store.revoke_key(id)

    def _user(self, name: str) -> User:
        found = self._store.find_user(name)
        if found is None:
            raise UserNotFound(f"There is no user named {name}.")
        return found[0]


def _subjects(name: str, address: str) -> dict[str, int]:
    """What failed log-ins are counted by -> how many are let through. Names are hashed: people
    type passwords into the wrong field."""
    who = _hash(name.casefold())[:32]
    return {
        f"both {who} {address}": _MOST_FOR_NAME_AND_ADDRESS,
        f"address {address}": _MOST_FOR_ADDRESS,
        f"name {who}": _MOST_FOR_NAME,
    }


def _role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise InputError(f"The role must be one of {', '.join(Role)}, not {role!r}.") from None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


# --- passwords --------------------------------------------------------------------------------


def _hash_password(password: str) -> str:
    from argon2 import PasswordHasher

    if not MIN_PASSWORD_LETTERS <= len(password) <= _MAX_PASSWORD_LETTERS:
        raise InputError(
            f"A password has {MIN_PASSWORD_LETTERS} to {_MAX_PASSWORD_LETTERS:,} letters."
        )
    with _checks:
        return PasswordHasher().hash(password.encode("utf-8", "surrogatepass"))


def _is_password(password: str, password_hash: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    if len(password) > _MAX_PASSWORD_LETTERS:
        return False
    try:
        with _checks:
            return PasswordHasher().verify(password_hash, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


_dummy: list[str] = []


def _dummy_hash() -> str:
    """Of a password that nobody has."""
    if not _dummy:
        _dummy.append(_hash_password(secrets.token_urlsafe(32)))
    return _dummy[0]
