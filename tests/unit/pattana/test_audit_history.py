"""Rows of outboxes, records of logs, and the ledger of what was seen: what is missing or wrong is named."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.aggregates import document_differences
from pattana.audit.delegations import delegation_differences
from pattana.audit.history import KIND_OF, Kind, row_faults
from pattana.audit.ledger import PAGE, Ledger
from pattana.audit.places import Bits, Places, Seen
from pattana.audit.records import Logged, Order, difference, opened
from pattana.audit.verdict import CHECKS, EXAMPLES, Verdict
from pattana.audit.watermark import watermark
from pattana.errors import Explained
from shared.events.catalogue import ProgrammeCreated, ProgrammePublished
from shared.events.delegations import DelegationGiven, DelegationRevoked
from shared.events.registry import EVENTS
from shared.messaging.kafka import partition_of
from tests.support.events import history, seat_confirmed, wire

SOURCE = "/pattana/enrolment"
KEY = "r1"
NOON = datetime(2020, 8, 3, 5, tzinfo=UTC)
PARTITION = partition_of(KEY, 12)


def row(seq: int, aggregate: str = "r1:HR:PO-50", **changes: Any) -> dict[str, Any]:
    return {
        "_id": f"{aggregate}:{seq}",
        "aggregate": aggregate,
        "seq": seq,
        "topic": "enrolment.seats",
        "key": KEY,
        "type": "enrolment.seat-confirmed.v1",
        "published_at": "now",
        "partition": PARTITION,
        "offset": seq,
    } | changes


def test_every_event_belongs_to_a_kind_of_aggregate() -> None:
    assert KIND_OF.keys() == EVENTS.keys()


UNMARKED: dict[str, Any] = {"published_at": None, "partition": None, "offset": None}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, 0),
        ({"pending": True, **UNMARKED}, 0),
        ({"pending": True}, 1),
        ({"_id": "r1:HR:PO-50:9"}, 1),
        ({"published_at": None}, 1),
        ({"partition": None}, 1),
        ({"offset": None}, 1),
        ({"topic": "enrolment.catalogue"}, 1),
    ],
)
def test_a_row_that_contradicts_itself_is_a_fault(changes: dict[str, Any], number: int) -> None:
    assert len(list(row_faults(row(1, **changes)))) == number


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({}, Seen.GOOD),
        ({"offset": 4}, Seen.DOUBTFUL),
        ({"offset": 2}, Seen.TWICE),
        ({"offset": 99}, Seen.LATER),
        ({"offset": 0}, Seen.EARLIER),
        ({"partition": (PARTITION + 1) % 12}, Seen.ELSEWHERE),
        ({"key": "another"}, Seen.ELSEWHERE),
        ({"topic": "unheard.of"}, Seen.ELSEWHERE),
    ],
)
def test_a_mark_is_worth_what_the_log_has_there(changes: dict[str, Any], seen: Seen) -> None:
    places = Places({("enrolment.seats", number): (1, 10) for number in range(12)})
    for seq in (2, 3):
        places.record(("enrolment.seats", PARTITION), seq, row(seq))
    assert places.see(row(2)) is Seen.GOOD
    assert places.see(row(3) | changes) is seen


def test_a_state_topic_keeps_the_last_of_a_key_only() -> None:
    partition = partition_of("p1", 6)
    places = Places({("enrolment.contacts", partition): (5, 10)})
    contact = row(1, "contact:p1", topic="enrolment.contacts", key="p1", partition=partition)
    assert places.see(contact | {"offset": 2}) is Seen.COMPACTED
    assert places.see(contact | {"offset": 7}) is Seen.COMPACTED


@given(st.lists(st.integers(0, 70)))
def test_bits_are_a_set(numbers: list[int]) -> None:
    bits, known = Bits(), set[int]()
    for number in numbers:
        assert bits.add(number) is (number not in known)
        known.add(number)
    assert {number for number in range(80) if number in bits} == known


def recorded(seq: int = 1, **changes: Any) -> tuple[Logged, dict[str, Any]]:
    """A record as a relay publishes it, and its outbox row."""
    event = history([seat_confirmed("r1:HR:PO-50", f"n{n}") for n in range(seq)])[-1]
    value, headers = wire(event)
    sent = tuple((name, raw) for name, raw in headers.items() if raw is not None)
    plain: dict[str, Any] = {"topic": "enrolment.seats", "partition": 1, "offset": 7, "key": b"r1", "value": value}
    plain |= {"timestamp": 0, "timestamp_type": 0, "checksum": None, "serialized_key_size": 0}
    record = ConsumerRecord(**plain | {"serialized_value_size": 0, "headers": sent} | changes)
    assert value is not None
    texts = {name: raw.decode() for name, raw in sent}
    stored = row(seq, body=value.decode(), headers=texts, key=texts["ce_partitionkey"])
    return opened(record), stored | {"type": texts["ce_type"]}


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({}, False),
        ({"body": "another"}, True),
        ({"body": None}, True),
        ({"body": None, "type": "enrolment.contact-erased.v1"}, False),
        ({"key": "another"}, True),
        ({"key": "another", "type": "enrolment.contact-erased.v1"}, True),
        ({"topic": "enrolment.catalogue"}, True),
        ({"headers": {}}, True),
        ({"type": "enrolment.bucket-closed.v1"}, True),
        ({"aggregate": "r1:HR:PO-51"}, True),
        ({"_id": "r1:HR:PO-51:1"}, True),
    ],
)
def test_a_record_equals_its_row_unless_the_person_was_erased(changes: dict[str, Any], differs: bool) -> None:
    logged, stored = recorded()
    logged = Logged(**{name: getattr(logged, name) for name in Logged.__slots__} | {"key": stored["key"]})
    assert difference(logged, stored) is None
    assert (difference(logged, stored | changes) is not None) is differs
    assert difference(logged, None) == "event r1:HR:PO-50:1 is in the log, no outbox has it"


def test_what_cannot_be_read_has_the_address_that_its_headers_tell_or_its_place() -> None:
    broken, _ = recorded(value=b"{broken")
    assert (broken.source, broken.id) == (SOURCE, "r1:HR:PO-50:1")
    nameless, _ = recorded(value=b"{broken", headers=())
    assert (nameless.source, nameless.id) == ("?", "enrolment.seats/1/7:1")


@pytest.mark.parametrize(
    ("seqs", "state", "faults", "duplicates"),
    [
        ([1, 2, 3], False, 0, 0),
        ([1, 2, 1, 2, 3], False, 0, 2),
        ([2, 1], False, 1, 1),
        ([1, 3], False, 1, 0),
        ([1, 2, 4, 3], False, 1, 1),
        ([2, 5], True, 0, 0),
    ],
)
def test_records_first_appear_in_their_order(seqs: list[int], state: bool, faults: int, duplicates: int) -> None:
    order = Order({})
    for seq in seqs:
        order.take(Logged("t", 0, 0, SOURCE, "a", seq, None, None, {}), state=state)
    assert (len(order.faults), order.duplicates) == (faults, duplicates)


def test_an_older_state_that_comes_last_is_what_a_state_topic_has() -> None:
    order = Order({})
    for seq in (1, 2, 1):
        order.take(Logged("t", 0, 0, SOURCE, "a", seq, None, None, {}), state=True)
    ledger = Ledger()
    ledger.take(SOURCE, [("a", Kind.CONTACT, 1, True), ("a", Kind.CONTACT, 2, True)])
    ledger.set_logged(SOURCE, order.reached)
    assert [known.aggregate for known in ledger.lost(SOURCE)] == ["a"]


def test_a_ledger_knows_gaps_and_what_the_log_lacks() -> None:
    ledger = Ledger()
    ledger.take(SOURCE, [("a", Kind.BUCKET, 1, True), ("a", Kind.BUCKET, 3, True), ("b", Kind.RUN, 1, False)])
    ledger.set_logged(SOURCE, {"a": 1, "b": 0})
    assert [known.aggregate for known in ledger.uneven(SOURCE)] == ["a"]
    assert [(known.aggregate, known.published) for known in ledger.lost(SOURCE)] == [("a", 3)]
    assert ledger.known(SOURCE, ["a", "c"]).keys() == {"a"}
    assert ledger.known("/another", ["a"]) == {}


def test_a_ledger_is_read_page_by_page() -> None:
    ledger = Ledger()
    names = [f"r{number:05}:HR:PO-50" for number in range(PAGE + 5)]
    ledger.take(SOURCE, [(name, Kind.BUCKET, 1, True) for name in names])
    ledger.want(SOURCE, dict.fromkeys(names, 3))
    sizes = [len(page) for page in ledger.pages(SOURCE, Kind.BUCKET)]
    assert sizes == [PAGE, 5]
    assert [name for name, _, _ in ledger.wanted(SOURCE)] == names
    assert [known.aggregate for page in ledger.pages(SOURCE, Kind.BUCKET, prefix="r00007:") for known in page] == [
        "r00007:HR:PO-50"
    ]


def test_a_green_audit_leaves_a_watermark_and_another_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "verified"
    with watermark(path, "here") as first:
        assert not first.new_only
        first.ledger.take(SOURCE, [("a", Kind.BUCKET, 1, True)])
        first.write({("t", 0): 7})
    with watermark(path, "here") as second:
        assert second.new_only
        assert second.ledger.next_of("t", 0) == 7
        assert list(second.ledger.pages(SOURCE, Kind.BUCKET, changed=True)) == []
        second.ledger.take(SOURCE, [("a", Kind.BUCKET, 2, True)])
        second.ledger.want(SOURCE, {"a": 4, "b": 2})
        assert list(second.ledger.wanted(SOURCE)) == [("a", 2, 4), ("b", 0, 2)]
        ((known,),) = second.ledger.pages(SOURCE, Kind.BUCKET, changed=True)
        assert (known.verified, known.last, known.rows) == (1, 2, 2)
    with watermark(path, "here") as third:
        assert third.ledger.known(SOURCE, ["a"])["a"].last == 1
    with watermark(path, "here", full=True) as anew:
        assert not anew.new_only
        assert anew.ledger.known(SOURCE, ["a"]) == {}
    with pytest.raises(Explained, match="was written for here, not there"), watermark(path, "there"):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["verified"]


def test_documents_are_compared_with_their_events() -> None:
    described = {"programme": "p1", "code": "A-1", "title": "โครงการ", "fiscal_year": 2563, "organiser": None}
    events = [ProgrammeCreated(**described, kind="TRAINING", framework_tags=()), ProgrammePublished(**described)]
    document = {"_id": "p1", "seq": 2, "state": "PUBLISHED", "kind": "TRAINING", "framework_tags": [], **described}
    assert list(document_differences("programme p1", document, events, 2)) == []
    for name, value in (
        ("state", "DRAFT"),
        ("code", "A-2"),
        ("title", "x"),
        ("fiscal_year", 2564),
        ("organiser", "PERS"),
        ("kind", "MEETING"),
        ("framework_tags", ["x"]),
    ):
        assert len(list(document_differences("programme p1", document | {name: value}, events, 2))) == 1, name
    assert len(list(document_differences("programme p1", document, events[:1], 2))) == 1
    assert len(list(document_differences("programme p1", document, events, 3))) == 1


def test_delegations_are_compared_with_their_events() -> None:
    """What enrolment stores, and what notification knows of those that are not revoked."""
    who: dict[str, Any] = {"delegation": "d", "unit": "PO-50", "absent": "a", "delegate": "b", "steps": ("SUPERVISOR",)}
    time = {"starts_at": NOON, "ends_at": NOON + timedelta(days=1)}
    events = [DelegationGiven(**who, **time), DelegationRevoked(**who)]
    stored = {"_id": "d", "seq": 2, **who, **time, "steps": ["SUPERVISOR"], "ended": True}
    known = {"_id": "d", "unit": "PO-50", "delegate": "b", "steps": ["SUPERVISOR"], **time}

    assert list(document_differences("delegation d", stored, events, 2)) == []
    assert list(document_differences("delegation d", {**stored, "seq": 1, "ended": False}, events[:1], 1)) == []
    for name, value in (("ended", False), ("delegate", "c"), ("steps", []), ("ends_at", NOON)):
        assert len(list(document_differences("delegation d", {**stored, name: value}, events, 2))) == 1, name

    assert list(delegation_differences("d", known, events[:1])) == []
    assert list(delegation_differences("d", None, events)) == []
    assert list(delegation_differences("d", None, [])) == []
    assert list(delegation_differences("d", known, events)) == ["notification knows d, which was revoked"]
    assert list(delegation_differences("d", None, events[:1])) == ["notification does not know d"]
    for name, value in (("unit", "PO-51"), ("delegate", "c"), ("steps", []), ("ends_at", NOON)):
        assert len(list(delegation_differences("d", {**known, name: value}, events[:1]))) == 1, name


def test_a_verdict_counts_everything_and_lists_the_first_examples() -> None:
    verdict = Verdict()
    assert (verdict.kept, verdict.exit_code) == (True, 0)
    verdict["records"].count("records", 1200)
    verdict["applied"].could_not("held", 3)
    assert (verdict.kept, verdict.complete, verdict.exit_code) == (True, False, 2)
    verdict["records"].all_broken(f"example {number}" for number in range(20))
    assert (verdict.kept, verdict.exit_code) == (False, 1)
    assert verdict.p3.examples == [f"example {number}" for number in range(EXAMPLES)]
    assert verdict.p3.line() == "P3 BROKEN nothing took effect twice (20 differences)"
    assert verdict["records"].line().endswith("attributes and headers (1,200 records; 20 differences)")
    assert verdict["applied"].line().endswith("(nothing to check; NOT CHECKED 3: held)")


def test_taking_a_verdict_loses_nothing() -> None:
    whole, part = Verdict(), Verdict()
    for name in CHECKS:
        part[name].count("things", 2)
        part[name].could_not("gone", 3)
        part[name].all_broken(str(number) for number in range(EXAMPLES + 1))
    part.behind("reporting.g1", 4)
    whole.take(part)
    whole.take(part)
    for name in CHECKS:
        check = whole[name]
        assert (check.counts["things"], check.unchecked["gone"], check.violations) == (4, 6, 2 * (EXAMPLES + 1))
        assert len(check.examples) == EXAMPLES
    assert whole.consumers == {"reporting.g1": {"behind": 8}}
