"""Logs without personal data, metrics in a registry of their own, and one trace over all steps of a command."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.settings import Settings
from shared.telemetry import Metrics, Tracing, configure_logging, correlation


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    with redirect_stderr(written):
        configure_logging(Settings(instance="one"), "reporting")
    yield written
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def logged(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_one_json_object_a_line_with_its_surroundings(lines: io.StringIO) -> None:
    token = correlation.set("req-1")
    structlog.get_logger().info("ประกาศแล้ว", run="r1")
    correlation.reset(token)

    (line,) = logged(lines)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "ประกาศแล้ว",
        "level": "info",
        "run": "r1",
        "service": "reporting",
        "instance": "one",
        "correlation": "req-1",
    }


def test_lines_of_libraries_take_the_same_form(lines: io.StringIO) -> None:
    logging.getLogger("aiokafka").warning("lost %s", "broker")

    (line,) = logged(lines)
    assert (line["event"], line["level"], line["service"]) == ("lost broker", "warning", "reporting")


def test_errors_keep_their_traceback(lines: io.StringIO) -> None:
    try:
        raise ValueError("x")
    except ValueError:
        structlog.get_logger().exception("failed")

    assert "ValueError: x" in logged(lines)[0]["exception"]


@pytest.mark.parametrize("key", ["email", "personEmail", "phone_number", "name", "first_name", "citizen_id", "token"])
def test_personal_keys_are_masked_one_level_deep(lines: io.StringIO, key: str) -> None:
    structlog.get_logger().warning("x", **{key: "สมชาย", "row": {key: "สมชาย", "line": 3}})

    (line,) = logged(lines)
    assert line[key] == "***"
    assert line["row"] == {key: "***", "line": 3}


@pytest.mark.parametrize("key", ["person", "unit", "topic", "username_count", "error"])
def test_ids_and_other_keys_stay(lines: io.StringIO, key: str) -> None:
    structlog.get_logger().warning("x", **{key: "v"})

    assert logged(lines)[0][key] == "v"


def test_debug_lines_are_not_written_at_info(lines: io.StringIO) -> None:
    structlog.get_logger().debug("x")

    assert lines.getvalue() == ""


def test_metrics_of_two_services_do_not_mix() -> None:
    one, other = Metrics(), Metrics()
    one.relay_published.inc(3)
    one.consumer_lag.labels("reporting", "enrolment.events", "0").set(7)
    one.answered("/api/x/{id}", "GET", 200, 0.004)
    one.answered("/api/x/{id}", "GET", 200, 0.2)

    text = one.text().decode()
    assert "pattana_relay_published_total 3.0" in text
    assert 'pattana_consumer_lag{consumer="reporting",partition="0",topic="enrolment.events"} 7.0' in text
    assert 'pattana_http_requests_total{method="GET",route="/api/x/{id}",status="200"} 2.0' in text
    assert 'pattana_http_seconds_bucket{le="0.005",method="GET",route="/api/x/{id}"} 1.0' in text
    assert "pattana_relay_published_total 0.0" in other.text().decode()


def traced(ratio: float = 1.0) -> tuple[Tracing, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    return Tracing("enrolment", Settings(trace_ratio=ratio), exporter), exporter


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in exporter.get_finished_spans()}


def test_one_trace_from_the_command_to_the_consumer() -> None:
    tracing, exporter = traced()
    with tracing.begin("POST /nominations"), tracing.span("commit"):
        stored = tracing.inject()
    with tracing.span("relay", parent=stored):
        sent = tracing.inject()
    consumer = Tracing("reporting", Settings(trace_ratio=0), exporter)
    with consumer.span("apply", parent=sent, id="e1"):
        pass

    spans = by_name(exporter)
    ids = {span.context.trace_id for span in spans.values() if span.context}
    assert len(ids) == 1
    assert [parent_of(spans, name) for name in ("POST /nominations", "commit", "relay", "apply")] == [
        None,
        "POST /nominations",
        "commit",
        "relay",
    ]
    assert spans["apply"].attributes == {"id": "e1"}
    assert spans["apply"].resource.attributes["service.name"] == "pattana-reporting"


def parent_of(spans: dict[str, ReadableSpan], name: str) -> str | None:
    parent = spans[name].parent
    if parent is None:
        return None
    return next(other for other, span in spans.items() if span.context and span.context.span_id == parent.span_id)


def test_what_is_not_drawn_makes_no_spans() -> None:
    tracing, exporter = traced(ratio=0)
    with tracing.begin("POST /nominations") as span, tracing.span("commit") as inner:
        assert (span, inner, tracing.inject()) == (None, None, None)

    assert exporter.get_finished_spans() == ()


def test_a_trace_begun_elsewhere_is_continued_whatever_the_ratio() -> None:
    tracing, exporter = traced(ratio=0)
    with tracing.begin("http", f"00-{'a' * 32}-{'b' * 16}-01"):
        assert (tracing.inject() or "").startswith(f"00-{'a' * 32}-")

    (span,) = exporter.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "b" * 16


@pytest.mark.parametrize(
    "traceparent",
    ["", "x", f"00-{'a' * 32}-{'b' * 16}-00", f"00-{'0' * 32}-{'b' * 16}-01", f"00-{'a' * 32}-{'0' * 16}-01"],
)
def test_unsampled_or_malformed_traceparents_are_nothing(traceparent: str) -> None:
    tracing, exporter = traced(ratio=0)
    with tracing.begin("http", traceparent), tracing.span("step", parent=traceparent):
        assert tracing.inject() is None

    assert exporter.get_finished_spans() == ()


def test_without_an_exporter_a_foreign_trace_still_passes_through() -> None:
    tracing = Tracing("enrolment", Settings(trace_ratio=1))
    given = f"00-{'a' * 32}-{'b' * 16}-01"
    with tracing.begin("http", given), tracing.span("commit"):
        assert tracing.inject() == given
    with tracing.begin("http"):
        assert tracing.inject() is None


def test_a_failed_step_says_its_kind_and_not_its_message() -> None:
    tracing, exporter = traced()

    def fail() -> None:
        with tracing.begin("http"):
            raise ValueError("somchai@example.go.th")

    with pytest.raises(ValueError, match="somchai"):
        fail()

    (span,) = exporter.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "somchai" not in span.to_json()
