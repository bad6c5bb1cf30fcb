"""Numbers of the running service for Prometheus, summed over all workers; of routes, never of people or places.

Requests are counted where they are answered. Events and jobs are counted in the database when asked, so that they are
right whatever process wrote them.
"""

import os
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.ledger import Event
from api.tables.intake import Job

FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # set before this module is loaded where there are several workers
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_own = CollectorRegistry()
REQUESTS = Counter("hatangso_requests", "Requests answered.", ("method", "route", "status"), registry=_own)
DURATION = Histogram("hatangso_request_seconds", "Time to answer.", ("route",), registry=_own, buckets=SECONDS)


def answered(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request."""
    REQUESTS.labels(method, route, str(status)).inc()
    DURATION.labels(route).observe(seconds)


def exposition(session: Session) -> bytes:
    """Everything in the text format of Prometheus."""
    return generate_latest(_counted()) + generate_latest(_stored(session))


def _counted() -> CollectorRegistry:
    if FOLDER not in os.environ:
        return _own
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _stored(session: Session) -> CollectorRegistry:
    events = GaugeMetricFamily("hatangso_events", "Events in the ledger.", labels=["kind"])
    for kind, number in session.execute(select(Event.kind, func.count()).group_by(Event.kind)):
        events.add_metric([kind], number)
    jobs = GaugeMetricFamily("hatangso_jobs", "Jobs by state.", labels=["kind", "state"])
    for kind, state, number in session.execute(select(Job.kind, Job.state, func.count()).group_by(Job.kind, Job.state)):
        jobs.add_metric([kind, state], number)
    registry = CollectorRegistry()
    registry.register(Fixed([events, jobs]))
    return registry


class Fixed(Collector):
    """Numbers that were read already."""

    def __init__(self, families: list[Metric]) -> None:
        self.families = families

    def collect(self) -> Iterable[Metric]:
        """The numbers."""
        return self.families
