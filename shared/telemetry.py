"""What a process tells about itself: JSON logs, Prometheus metrics, OpenTelemetry spans. Knows no service and no HTTP.

Nothing is global but the logging set-up, which `configure_logging` does once per process. Personal data goes into
neither logs, nor labels, nor span attributes: the log drops it by key, the other two only take ids and codes.
"""

import logging
import random
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any

import orjson
import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as AnySpan
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client import generate_latest as _generate_latest

from shared.settings import Settings

correlation: ContextVar[str | None] = ContextVar("correlation", default=None)

_EXPORT_SECONDS = 3  # retries included: a collector that is away must not hold up the end of a process
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_PLACE = ("consumer", "topic", "partition")
_PERSONAL = re.compile(
    r"^(first|last|full|person|given|family)?names?$|email|phone|mobile|citizenid|nationalid|birth|password|secret"
    r"|^token$|authorization|^contact$"
)


def configure_logging(settings: Settings, service: str) -> None:
    """Once per process, by whoever starts it. Lines of libraries take the same form as ours."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _Context(service, settings.instance),
        drop_personal,
        structlog.processors.format_exc_info,
    ]
    json = settings.log_format == "json"
    last: list[structlog.types.Processor] = (
        [structlog.processors.JSONRenderer(_dumps)] if json else [structlog.dev.ConsoleRenderer(colors=False)]
    )
    level = getattr(logging, settings.log_level.upper())
    structlog.configure(
        processors=[*shared, *last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last], foreign_pre_chain=shared
        )
    )
    logging.basicConfig(handlers=[handler], level=max(level, logging.WARNING), force=True)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


def drop_personal(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drops values by key, one level deep as well: a safety net, not a licence to log people."""
    for key, value in event.items():
        if _is_personal(key):
            event[key] = "***"
        elif isinstance(value, Mapping):
            event[key] = {inner: "***" if _is_personal(str(inner)) else value[inner] for inner in value}
    return event


def _is_personal(key: str) -> bool:
    return _PERSONAL.search(key.replace("_", "").replace("-", "").lower()) is not None


def _dumps(event: Any, default: Any = None, **_: Any) -> str:
    return orjson.dumps(event, default=default).decode()


class _Context:
    def __init__(self, service: str, instance: str) -> None:
        self._constant = {"service": service, "instance": instance}

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.update(self._constant)
        if (request := correlation.get()) is not None:
            event.setdefault("correlation", request)
        if (span := _current.get()) is not None:
            event.setdefault("trace", f"{span.get_span_context().trace_id:032x}")
        return event


class Metrics:
    """The counters of one service in a registry of its own, so that three services may share a process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"pattana_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"pattana_{name}", text, labels, registry=registry)

        self.outbox_unpublished = gauge("outbox_unpublished", "Outbox rows that wait for the broker.")
        self.relay_published = counter("relay_published", "Outbox rows that the broker acknowledged.")
        self.relay_errors = counter("relay_errors", "Rounds of the relay that ended in an error.")
        self.consumer_applied = counter("consumer_applied", "Events whose effects were stored.", "consumer")
        self.consumer_lag = gauge("consumer_lag", "Records behind the end of the partition.", *_PLACE)
        self.consumer_backoff = gauge("consumer_backoff", "Failed attempts in a row, where there are any.", *_PLACE)
        self.held = counter("held", "Events held behind a gap.", "consumer")
        self.parked = counter("parked", "Events parked as poison.", "consumer")
        self.commands = counter("commands", "Commands by their outcome; ok or the code.", "command", "code")
        self.deliveries = counter("deliveries", "Messages by channel and state.", "channel", "state")
        self.channel_away = gauge("channel_away", "1 while the provider of a channel is not reached.", "channel")
        self.messages_unreadable = gauge("messages_unreadable", "Messages of a newer release; at most 1,000.", "field")
        self.fan_outs = gauge("fan_outs", "Fan-outs that have not told everybody yet; at most 1,000.", "state")
        self.security_log_lost = counter("security_log_lost", "Entries that the security log had no room for.")
        self.http_requests = counter("http_requests", "Answers.", "route", "method", "status")
        self.http_seconds = Histogram(
            "pattana_http_seconds", "Time to answer.", ("route", "method"), registry=registry, buckets=_SECONDS
        )
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._commands: dict[tuple[str, str], Counter] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """`route` is the template of the path and `method` a known one: labels must stay few."""
        series = self._answers.get((route, method, status))
        if series is None:
            series = (
                self.http_requests.labels(route, method, str(status)),
                self.http_seconds.labels(route, method),
            )
            self._answers[(route, method, status)] = series
        series[0].inc()
        series[1].observe(seconds)

    def carried_out(self, command: str, code: str) -> None:
        """A command by its outcome: ok, or the code of its refusal."""
        series = self._commands.get((command, code))
        if series is None:
            series = self._commands[(command, code)] = self.commands.labels(command, code)
        series.inc()

    def text(self) -> bytes:
        return _generate_latest(self.registry)


_current: ContextVar["AnySpan | None"] = ContextVar("span", default=None)
_NOTHING: AbstractContextManager[None] = nullcontext()
_TRACEPARENT = re.compile(r"^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$")


class Tracing:
    """Spans that follow one command over HTTP, outbox and Kafka. Whether a command is traced is decided once, at its
    beginning, and travels in the traceparent: what is not traced makes no objects at all.
    """

    def __init__(self, service: str, settings: Settings, exporter: SpanExporter | None = None) -> None:
        """`exporter` is for tests and gets every span at once; else spans go to settings.otlp_endpoint, if any."""
        self.enabled = exporter is not None or settings.otlp_endpoint is not None
        self._ratio = settings.trace_ratio if self.enabled else 0.0
        if not self.enabled:
            return
        resource = Resource({"service.name": f"pattana-{service}", "service.instance.id": settings.instance})
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(
            SimpleSpanProcessor(exporter)
            if exporter is not None
            else BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=_EXPORT_SECONDS))
        )
        self._tracer = self._provider.get_tracer("pattana")

    def begin(self, name: str, traceparent: str | None = None) -> AbstractContextManager[AnySpan | None]:
        """The first span in this process for a command from outside: continues a sampled trace or draws lots."""
        if traceparent is not None and (parent := _remote(traceparent)) is not None:
            return self._start(name, parent, {}) if self.enabled else _Scope(parent, owned=False)
        if self._ratio and random.random() < self._ratio:
            return self._start(name, None, {})
        return _NOTHING

    def span(
        self, name: str, *, parent: str | None = None, **attributes: str | int | float | bool
    ) -> AbstractContextManager[AnySpan | None]:
        """A step of a command that is traced (by `parent`, else by the span around); of any other, nothing."""
        above = _current.get() if parent is None else _remote(parent)
        if above is None:
            return _NOTHING
        return self._start(name, above, attributes) if self.enabled else _Scope(above, owned=False)

    def inject(self) -> str | None:
        """The traceparent to store or send on; None when this command is not traced."""
        span = _current.get()
        if span is None:
            return None
        context = span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-01"

    def _start(self, name: str, parent: AnySpan | None, attributes: Mapping[str, Any]) -> "_Scope":
        context = None if parent is None else set_span_in_context(parent)
        return _Scope(self._tracer.start_span(name, context=context, attributes=attributes), owned=True)

    def close(self) -> None:
        """Sends what is still waiting; blocks, so call it from a thread."""
        if self.enabled:
            self._provider.shutdown()


class _Scope:
    def __init__(self, span: AnySpan, owned: bool) -> None:
        self._span = span
        self._owned = owned
        self._token: Token[AnySpan | None] | None = None

    def __enter__(self) -> AnySpan:
        self._token = _current.set(self._span)
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._token is not None:
            _current.reset(self._token)
        if not self._owned:
            return
        if kind is not None:  # the type alone: a message may hold what must not leave the process
            self._span.set_status(Status(StatusCode.ERROR, kind.__name__))
        self._span.end()


def _remote(traceparent: str) -> NonRecordingSpan | None:
    """None for what is malformed or not sampled."""
    match = _TRACEPARENT.match(traceparent)
    if match is None or not int(match[3], 16) & TraceFlags.SAMPLED:
        return None
    flags = TraceFlags(TraceFlags.SAMPLED)
    return NonRecordingSpan(SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True, trace_flags=flags))
