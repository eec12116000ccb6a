"""Figures for Prometheus. Web processes add up where `PROMETHEUS_MULTIPROC_DIR` is set, as `heluo run` does."""

import os
from collections.abc import Iterator

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from heluo.kernel.jobs.public import job_counts
from heluo.site.health import Health

REQUESTS = Counter("heluo_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram("heluo_request_seconds", "Time to answer, in seconds.", ["method", "route"])


class StateCollector(Collector):
    """What the database knows, asked when the figures are read: the same from every process."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = Health.now()
        parts = GaugeMetricFamily("heluo_part_up", "1 where a part works, as /healthz says.", labels=["part"])
        for part, state in health.parts.items():
            parts.add_metric([part], float(state.ok))
        yield parts
        if health.parts["database"].ok:
            jobs = GaugeMetricFamily("heluo_jobs", "Background jobs by state.", labels=["status"])
            for job_state, count in job_counts().items():
                jobs.add_metric([job_state.value], count)
            yield jobs


def figures() -> bytes:
    """All figures in Prometheus' text form."""
    counted: CollectorRegistry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # untyped upstream
    state = CollectorRegistry()
    state.register(StateCollector())
    return generate_latest(counted) + generate_latest(state)
