"""Numbers for Prometheus: requests, and what the library holds and waits for."""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from lookalike.api.auth import admit, door_of
from lookalike.api.watching import Answered
from lookalike.library import Library
from lookalike.outlines import Outline
from lookalike.types import Found, JobState, Role

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_STAGE_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """Those of one server, however many processes it has."""

    def __init__(self, library: Library) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "lookalike_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._durations = Histogram(
            "lookalike_request_duration_seconds",
            "From the request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS_S,
            registry=self._registry,
        )
        self._stages = Histogram(
            "lookalike_search_duration_seconds",
            "Time of a search, by stage: embed, wait, filter, rank, relations, stack, read.",
            ("stage",),
            buckets=_STAGE_BUCKETS_S,
            registry=self._registry,
        )
        self._shown = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
            # One of several workers: all write to files of that folder, and any can add them up.
            self._shown = CollectorRegistry()
            MultiProcessCollector(self._shown)  # type: ignore[no-untyped-call]
        self._shown.register(_Holdings(library))

    def note(self, answered: Answered) -> None:
        """Counts a request."""
        method = answered.method if answered.method in _METHODS else "other"
        self._requests.labels(method, answered.route, str(answered.status)).inc()
        self._durations.labels(answered.route).observe(answered.ms / 1000)

    def note_search(self, answer: Found | Outline) -> None:
        """Adds where the time of a search went."""
        for stage, ms in answer.stages_ms.items():
            self._stages.labels(stage).observe(ms / 1000)

    def send(self, request: Request) -> Response:
        """For programs on this machine, and for administrators (a session, or an API key)."""
        if not door_of(request).is_near(request):
            admit(request, Role.ADMINISTRATOR)
        return Response(generate_latest(self._shown), media_type=CONTENT_TYPE_LATEST)


class _Holdings(Collector):
    """Read when they are asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry need not ask the library for the names."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """What the library holds and waits for."""
        coverage = self._library.coverage()
        assets = GaugeMetricFamily("lookalike_assets", "Assets by state.", labels=("state",))
        for state, count in (
            ("indexed", coverage.indexed),
            ("pending", coverage.pending),
            ("skipped", sum(coverage.skipped.values())),
            ("missing", coverage.missing),
            ("trashed", coverage.trashed),
        ):
            assets.add_metric((state,), count)
        skipped = GaugeMetricFamily(
            "lookalike_assets_skipped", "Assets that cannot be searched.", labels=("reason",)
        )
        for reason, count in coverage.skipped.items():
            skipped.add_metric((reason,), count)
        open_jobs = self._library.jobs(1000, open_only=True)
        jobs = GaugeMetricFamily("lookalike_jobs", "Jobs that are not done.", labels=("state",))
        for job_state in (JobState.QUEUED, JobState.RUNNING):
            jobs.add_metric((job_state.value,), sum(job.state is job_state for job in open_jobs))
        return (assets, skipped, jobs)
