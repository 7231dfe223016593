"""Traces of real workers, as a collector gets them; and no trace of them where nobody asks."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from collector import Collector, Exported, collecting
from kafka_view import Stream, start_worker

from pipeline.stream import traces
from pipeline.stream.record import Record
from pipeline.stream.spans import Spans

SECONDS = 60.0
CONSUMER, PRODUCER, CLIENT = 5, 4, 3
TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that everything started here is told of."""
    for name in [each for each in os.environ if each.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        yield collector


@pytest.mark.broker
def test_one_trace_leads_through_all_stages(
    own_stream: Stream,
    collector: Collector,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    settings, topic = own_stream.settings, own_stream.settings.topic
    (tmp_path / "traced.txt").write_text("AAAA made 1")
    worker = start_worker(settings)
    try:
        _publish(own_stream, tmp_path / "traced.txt")
        own_stream.wait_completed("traced")
        own_stream.wait_for(lambda: own_stream.records("facts.claims"), SECONDS)
        (claims,) = own_stream.wait_for(
            lambda: collector.of("claims", f"claims {topic('facts.events')}"), SECONDS
        )
        own_stream.publish("lost", "AAAA made 2 FAIL-IN-normalize")
        (failed,) = own_stream.wait_for(lambda: _of(collector, "normalize", "lost"), SECONDS)
        own_stream.send("forged", b"{}", "facts.extracted", headers=[("traceparent", TRACE)])
        (forged,) = own_stream.wait_for(lambda: _of(collector, "publish", "forged"), SECONDS)
    finally:
        worker.stop()

    chain = [
        *collector.of("publish", "create transcripts.raw"),
        *_of(collector, "segment", "traced"),
        *_of(collector, "normalize", "traced"),
        *_of(collector, "extract", "traced"),
        *_of(collector, "publish", "traced"),
        claims,
    ]
    assert [each.parent for each in chain] == ["", *(each.id for each in chain[:-1])]
    assert {each.trace for each in chain} == {chain[0].trace}
    assert [each.kind for each in chain] == [PRODUCER] + [CONSUMER] * 5
    assert [each.process for each in chain] == [
        *("publish", "agents", "agents", "agents", "publisher", "claims")
    ]
    _check_attributes(own_stream, chain)

    (event,) = own_stream.records("facts.events")
    assert dict(event.headers)["traceparent"].decode().split("-")[1:3] == [
        chain[4].trace,
        chain[4].id,
    ]
    transactions = collector.of("publisher", f"transaction {topic('facts.extracted')}")
    (transaction,) = [each for each in transactions if chain[4].id in each.links]
    assert transaction.kind == CLIENT
    assert transaction.trace != chain[0].trace

    assert not any(each.failed for each in (*chain, transaction))
    assert failed.failed
    assert failed.attributes["error.type"] == "RuntimeError"
    assert forged.failed
    assert forged.trace == TRACE.decode().split("-")[1]
    _check_log(capfd.readouterr().err, failed, forged)


def _of(collector: Collector, stage: str, transcript_id: str) -> list[Exported]:
    return [
        each
        for each in collector.spans
        if each.attributes.get("messaging.operation.name") == stage
        and each.attributes.get("callfacts.transcript_id") == transcript_id
    ]


def _publish(stream: Stream, path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "publish", str(path)],
        env={
            **os.environ,
            "CALLFACTS_BOOTSTRAP_SERVERS": stream.settings.bootstrap_servers,
            "CALLFACTS_TOPIC_PREFIX": stream.settings.topic_prefix,
        },
        check=True,
        timeout=SECONDS,
        stdout=subprocess.DEVNULL,
    )


def _check_attributes(stream: Stream, chain: list[Exported]) -> None:
    (raw,) = [each for each in stream.records("transcripts.raw") if each.key == b"traced"]
    segment = chain[1]
    assert segment.name == f"segment {stream.settings.topic('transcripts.raw')}"
    assert segment.attributes == {
        "messaging.system": "kafka",
        "messaging.operation.type": "process",
        "messaging.operation.name": "segment",
        "messaging.destination.name": stream.settings.topic("transcripts.raw"),
        "messaging.destination.partition.id": str(raw.partition),
        "messaging.kafka.offset": raw.offset,
        "messaging.message.body.size": len(raw.value),
        "messaging.message.id": dict(raw.headers)["ce_id"].decode(),
        "messaging.kafka.message.key": "traced",
        "callfacts.transcript_id": "traced",
    }
    assert segment.resource["service.name"] == "callfacts"
    assert segment.resource["deployment.environment.name"] == "test"
    assert "callfacts.transcript_id" not in chain[-1].attributes


def _check_log(said: str, *spans: Exported) -> None:
    """The worker's log names the transcript and the span of what went wrong."""
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    for span in spans:
        (line,) = [
            each
            for each in lines
            if each.get("transcript_id") == span.attributes["callfacts.transcript_id"]
        ]
        assert "goes to the dead letters" in line["message"]
        assert (line["trace_id"], line["span_id"]) == (span.trace, span.id)


def record(traceparent: bytes | None) -> Record:
    headers = () if traceparent is None else (("traceparent", traceparent),)
    return Record("in", 0, 0, 0, b"call", b"{}", headers)


@pytest.mark.parametrize("header", [None, b"", b"\xff\x00", b"00-0-0-01", b"1" * 10_000])
def test_a_header_that_is_no_trace_begins_one(collector: Collector, header: bytes | None) -> None:
    spans = Spans("agents")
    with spans.work("segment", record(header)) as traced:
        assert traced.headers == record(header).headers
    spans.stop()
    (span,) = collector.spans
    assert span.parent == ""
    assert traced.traceparent is not None
    assert traced.traceparent.startswith(f"00-{span.trace}-{span.id}-0".encode())


def test_what_the_sender_does_not_sample_is_not_exported(collector: Collector) -> None:
    spans = Spans("agents")
    with spans.work("segment", record(TRACE[:-1] + b"0")) as traced:
        pass
    spans.stop()
    assert collector.spans == []
    assert traced.traceparent is not None
    assert traced.traceparent.startswith(TRACE[:36])
    assert traced.traceparent.endswith(b"-00")


def test_a_transaction_that_fails_marks_all_its_spans(collector: Collector) -> None:
    spans = Spans("publisher")
    records = [record(TRACE), Record("in", 0, 1, 0, None, None)]
    with pytest.raises(ConnectionError), spans.transaction("publish", records):
        raise ConnectionError("what the transcript says")
    spans.stop()
    assert [each.attributes["error.type"] for each in collector.spans] == ["ConnectionError"] * 3
    assert "transcript says" not in repr(collector.spans)


@pytest.mark.parametrize(
    ("environment", "traced"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, False),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, False),
    ],
)
def test_the_standard_variables_ask_for_traces(environment: dict[str, str], traced: bool) -> None:
    assert traces.wanted(environment) is traced


def test_without_them_a_record_is_worked_on_as_it_is() -> None:
    one = record(TRACE)
    with traces.work("segment", one) as traced:
        assert traced is one
    batch = [one]
    with traces.transaction("publish", batch) as same:
        assert same is batch
    assert traces.created("transcripts.raw", b"call") is None


@pytest.mark.parametrize(
    "program",
    [
        "import pipeline.stages, pipeline.cli.extract",
        "import pipeline.stream.child, pipeline.stream.agents, pipeline.stream.publisher",
        "from pipeline.stream.traces import trace_process; trace_process('agents', {})",
    ],
)
def test_nothing_of_it_is_imported_unless_asked_for(program: str) -> None:
    check = "import sys; assert not [m for m in sys.modules if m.startswith('opentelemetry')]"
    subprocess.run([sys.executable, "-c", f"{program}; {check}"], check=True, timeout=SECONDS)


def test_a_missing_package_is_named_and_the_worker_goes_on() -> None:
    program = (
        "import sys, logging; sys.modules['opentelemetry'] = None; logging.basicConfig();"
        "from pipeline.stream import traces;"
        "traces.trace_process('agents', {'OTEL_TRACES_EXPORTER': 'otlp'});"
        "assert traces.created('t', b'k') is None"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=SECONDS
    )
    assert "pip install 'callfacts[otel]'" in done.stderr
