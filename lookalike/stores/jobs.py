"""Jobs, activity and requests of the embedded store."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from lookalike.errors import JobNotFound
from lookalike.stores.connected import Connected
from lookalike.stores.records import read_clock_us
from lookalike.stores.rows import to_bytes, to_datetime
from lookalike.types import AccessRequest, Activity, Job, JobKind, JobState

_KEPT = 10_000  # activities
_JOB = (
    "SELECT id, kind, argument, state, stage, done, total, message, asked_by, created_at_us, "
    "started_at_us, finished_at_us, rate_per_s FROM jobs"
)


class Jobs(Connected):
    """Implements `JobStore`."""

    def add_job(self, kind: JobKind, argument: str, asked_by: str) -> Job:
        """Queues a job; the one that waits already, when there is one like it."""
        values = (kind.value, to_bytes(argument))
        with self._connections.writing() as connection:
            row = connection.execute(
                f"{_JOB} WHERE state = 'queued' AND kind = ? AND argument = CAST(? AS TEXT)", values
            ).fetchone()
            if row is None:
                row = connection.execute(
                    "INSERT INTO jobs (kind, argument, state, asked_by, created_at_us) "
                    "VALUES (?, CAST(? AS TEXT), 'queued', ?, ?) RETURNING id",
                    (*values, asked_by, read_clock_us()),
                ).fetchone()
                row = connection.execute(f"{_JOB} WHERE id = ?", (row[0],)).fetchone()
            return _to_job(row)

    def get_job(self, id: int) -> Job:
        """Raises JobNotFound."""
        with self._connections.reading() as connection:
            row = connection.execute(f"{_JOB} WHERE id = ?", (id,)).fetchone()
        if row is None:
            raise JobNotFound(f"There is no job with the number {id}.")
        return _to_job(row)

    def list_jobs(self, limit: int, *, open_only: bool = False) -> list[Job]:
        """Newest first; `open_only`: those that are queued or running."""
        condition = "WHERE state IN ('queued', 'running')" if open_only else ""
        with self._connections.reading() as connection:
            rows = connection.execute(f"{_JOB} {condition} ORDER BY id DESC LIMIT ?", (limit,))
            return [_to_job(row) for row in rows]

    def claim_job(self, kinds: Collection[JobKind] = tuple(JobKind)) -> Job | None:
        """The next job, now running; one that a dead process left comes first."""
        places = ", ".join("?" * len(kinds))
        with self._connections.writing() as connection:
            row = connection.execute(
                f"{_JOB} WHERE state IN ('queued', 'running') AND kind IN ({places}) "
                "ORDER BY state = 'running' DESC, id LIMIT 1",
                [kind.value for kind in kinds],
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "UPDATE jobs SET state = 'running', started_at_us = ? WHERE id = ?",
                (read_clock_us(), row[0]),
            )
            row = connection.execute(f"{_JOB} WHERE id = ?", (row[0],)).fetchone()
            return _to_job(row)

    def report_job(
        self, id: int, stage: str, done: int, total: int | None, rate_per_s: float = 0.0
    ) -> None:
        """How far a running job has come, and how quickly it goes on."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE jobs SET stage = ?, done = ?, total = ?, rate_per_s = ? "
                "WHERE id = ? AND state = 'running'",
                (stage, done, total, rate_per_s, id),
            )

    def finish_job(self, id: int, state: JobState, message: str) -> None:
        """Ends a job that is queued or running; does nothing to one that has ended."""
        with self._connections.writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, message = CAST(? AS TEXT), finished_at_us = ? "
                "WHERE id = ? AND state IN ('queued', 'running')",
                (state.value, to_bytes(message), read_clock_us(), id),
            )

    # --- activity -------------------------------------------------------------------------

    def note_activity(self, who: str, what: str, detail: str) -> None:
        """Remembers what somebody did; the oldest of very many are forgotten."""
        with self._connections.writing() as connection:
            row = connection.execute(
                "INSERT INTO activity (at_us, who, what, detail) "
                "VALUES (?, ?, ?, CAST(? AS TEXT)) RETURNING id",
                (read_clock_us(), who, what, to_bytes(detail)),
            ).fetchone()
            connection.execute("DELETE FROM activity WHERE id <= ?", (row[0] - _KEPT,))

    def list_activity(self, limit: int, before_id: int | None = None) -> list[Activity]:
        """Newest first."""
        with self._connections.reading() as connection:
            rows = connection.execute(
                "SELECT id, at_us, who, what, detail FROM activity "
                "WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
                (before_id, limit),
            )
            return [
                Activity(id=id, at=to_datetime(at_us), who=who, what=what, detail=detail)
                for id, at_us, who, what, detail in rows
            ]

    # --- requests -------------------------------------------------------------------------

    def add_access_request(self, who: str) -> None:
        """Remembers it, once for each person."""
        with self._connections.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO access_requests VALUES (?, ?)", (who, read_clock_us())
            )

    def list_access_requests(self) -> list[AccessRequest]:
        """Oldest first."""
        with self._connections.reading() as connection:
            rows = connection.execute("SELECT who, at_us FROM access_requests ORDER BY at_us, who")
            return [AccessRequest(who=who, at=to_datetime(at_us)) for who, at_us in rows]

    def clear_access_requests(self) -> None:
        """They were answered."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM access_requests")


def _to_job(row: tuple[Any, ...]) -> Job:
    return Job(
        id=row[0],
        kind=JobKind(row[1]),
        argument=row[2],
        state=JobState(row[3]),
        stage=row[4],
        done=row[5],
        total=row[6],
        message=row[7],
        asked_by=row[8],
        created_at=to_datetime(row[9]),
        started_at=None if row[10] is None else to_datetime(row[10]),
        finished_at=None if row[11] is None else to_datetime(row[11]),
        rate_per_s=row[12],
    )
