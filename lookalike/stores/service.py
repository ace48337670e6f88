"""What a store keeps for a server beside the library itself: jobs, activity and people.

Only hashes of passwords, session tokens and keys come here.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from lookalike.stores.base import Store
from lookalike.stores.embeddings import EmbeddingStore
from lookalike.stores.history import HistoryStore
from lookalike.stores.review import ReviewStore
from lookalike.types import (
    AccessRequest,
    Activity,
    ApiKey,
    Job,
    JobKind,
    JobState,
    Role,
    User,
)


class JobStore(Protocol):
    """Long work, and what happened."""

    def add_job(self, kind: JobKind, argument: str, asked_by: str) -> Job:
        """Queues a job; the one that waits already, when there is one like it."""

    def get_job(self, id: int) -> Job:
        """Raises JobNotFound."""

    def list_jobs(self, limit: int, *, open_only: bool = False) -> list[Job]:
        """Newest first; `open_only`: those that are queued or running."""

    def claim_job(self, kinds: Collection[JobKind] = tuple(JobKind)) -> Job | None:
        """The next job of these kinds, now running. Callers hold the lock under which they are
        done, so one that is running already was left by a process that died, and comes first."""

    def report_job(
        self, id: int, stage: str, done: int, total: int | None, rate_per_s: float = 0.0
    ) -> None:
        """How far a running job has come, and how quickly it goes on."""

    def finish_job(self, id: int, state: JobState, message: str) -> None:
        """Ends a job that is queued or running; does nothing to one that has ended."""

    def note_activity(self, who: str, what: str, detail: str) -> None:
        """Remembers what somebody did; the oldest of very many are forgotten."""

    def list_activity(self, limit: int, before_id: int | None = None) -> list[Activity]:
        """Newest first."""

    def add_access_request(self, who: str) -> None:
        """Remembers it, once for each person."""

    def list_access_requests(self) -> list[AccessRequest]:
        """Oldest first."""

    def clear_access_requests(self) -> None:
        """They were answered."""


class AccountStore(Protocol):
    """Users, sessions, keys."""

    def add_user(self, name: str, role: Role, password_hash: str) -> User:
        """Raises AlreadyExists; names that differ in case only are the same."""

    def add_first_user(self, name: str, password_hash: str, setup_hash: str) -> User:
        """The administrator, made with a set-up link, which ends all such links. Raises
        BadCredentials when the link is unknown, used or too old, or there is a user already."""

    def list_users(self) -> list[User]:
        """By name."""

    def find_user(self, name: str) -> tuple[User, str] | None:
        """With the hash of the password."""

    def change_user(
        self, id: str, *, role: Role | None = None, password_hash: str | None = None
    ) -> None:
        """A new password ends the user's sessions. Raises Conflict when no administrator would
        be left."""

    def remove_user(self, id: str) -> None:
        """With all sessions. Raises Conflict when no administrator would be left."""

    def add_session(self, token_hash: str, user_id: str, expires_at: datetime) -> None:
        """Forgets sessions that are over, too."""

    def find_session(self, token_hash: str) -> User | None:
        """Whose session it is, while it lasts."""

    def remove_session(self, token_hash: str) -> None:
        """Ends it."""

    def add_key(
        self, name: str, role: Role, key_start: str, key_hash: str, created_by: str
    ) -> ApiKey:
        """Adds an API key."""

    def list_keys(self) -> list[ApiKey]:
        """Newest first, revoked ones too."""

    def find_key(self, key_hash: str) -> ApiKey | None:
        """One that is not revoked; notes now and then that it was used."""

    def revoke_key(self, id: str) -> None:
        """For good. Raises KeyNotFound."""

    def add_setup_link(self, token_hash: str, expires_at: datetime) -> None:
        """In place of earlier ones."""

    def add_failure(self, subject: str) -> None:
        """Remembers a failed log-in."""

    def count_failures(self, subject: str, since: datetime) -> int:
        """How many there were."""

    def clear_failures(self, subject: str) -> None:
        """After a log-in that worked."""


class ServiceStore(
    Store, JobStore, AccountStore, ReviewStore, EmbeddingStore, HistoryStore, Protocol
):
    """All that a library needs of a store."""
