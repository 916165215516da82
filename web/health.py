"""Does the process live, does it store, and how does it fare: for machines that watch it."""

from collections import Counter as Tally

from aiohttp import web
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from web.device_metrics import DeviceMetrics
from web.problems import ProblemError
from web.readiness import health, restarting
from web.routes import Call, Route, Routes, answer
from web.schemas.reports import Health, Readiness

routes = Routes()

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The figures of one service; each has a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "yimen_http_requests", "answered requests", ("method", "route", "status"),
            registry=self.registry,
        )  # fmt: skip
        self.seconds = Histogram(
            "yimen_http_request_seconds", "time to answer", ("method", "route"),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.devices = DeviceMetrics()
        self.registry.register(self.devices)
        self.streams = self._gauge("yimen_streams", "open event streams")
        self.seq = self._gauge("yimen_events", "seq of the newest event")
        self.ready = self._gauge("yimen_writer_ready", "1 while commits work")
        self.restarting = self._gauge("yimen_tasks_restarting", "tasks that wait for a restart")
        self.lost = self._gauge("yimen_devices_lost", "devices that do not answer")
        self.behind = self._gauge("yimen_platform_behind", "posts the platform has not taken")
        self.refused = self._gauge("yimen_platform_refused", "posts the platform refused for good")
        self.presses = Counter(
            "yimen_presses", "presses of keypads and rating boxes", ("result",),
            registry=self.registry,
        )  # fmt: skip
        self._counted: Tally[str] = Tally()
        self._answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.waiting = Gauge(
            "yimen_waiting", "tickets that wait", ("service",), registry=self.registry
        )

    def count_request(self, method: str, route: str, status: int, spent_s: float | None) -> None:
        """Count an answered request; a stream (None) has no time to answer."""
        found = self._answered.get((method, route, status))
        if found is None:
            found = self._answered[method, route, status] = (
                self.requests.labels(method, route, str(status)),
                self.seconds.labels(method, route),
            )
        found[0].inc()
        if spent_s is not None:
            found[1].observe(spent_s)

    def count_presses(self, presses: Tally[str]) -> None:
        """Bring the counter up to date; `presses` only grows."""
        for result, count in (presses - self._counted).items():
            self.presses.labels(result).inc(count)
        self._counted = presses

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(name, text, registry=self.registry)


METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)


@routes.add(Route("GET", "/healthz", "public", {200: Health}))
async def healthz(call: Call) -> web.Response:
    """The process lives and its loop turns."""
    return answer({"status": "ok"})


@routes.add(Route("GET", "/readyz", "public", {200: Readiness}, problems=("not_ready",)))
async def readyz(call: Call) -> web.Response:
    """The service takes wishes and stores them; else 503 with the reasons."""
    found = {"seq": call.hall.state.seq, **await health(call.hall)}
    if not found["ready"]:
        raise ProblemError("not_ready", **found)
    return answer(found)


@routes.add(Route("GET", "/metrics", "admin", {200: "text/plain"}))
async def metrics(call: Call) -> web.Response:
    """Figures for Prometheus."""
    found = call.request.app[METRICS]
    hall = call.hall
    found.seq.set(hall.state.seq)
    found.ready.set(1 if hall.writer.ready else 0)
    found.restarting.set(len(restarting(hall)))
    found.devices.states = hall.devices
    found.lost.set(len(hall.state.lost_devices))
    found.behind.set(hall.platform_state()["behind"])
    found.refused.set(hall.state.refused_deliveries)
    found.count_presses(hall.presses)
    for service, count in hall.state.waiting().items():
        found.waiting.labels(service).set(count)
    return web.Response(
        body=generate_latest(found.registry), headers={"Content-Type": METRICS_TYPE}
    )
