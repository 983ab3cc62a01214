"""The evidence of clients, the ledger of messages, the log, the mail sink and reports."""

from pathlib import Path
from typing import Any

import pytest

from pattana.audit.accepted import Once
from pattana.audit.asked import messages_for
from pattana.audit.effects import message_faults
from pattana.audit.journal import Entry, Journal, read, split
from pattana.audit.mails import counted, sent_twice
from pattana.audit.reports import description_differences, rollup_differences, row_differences
from services.notification.domain import Kind, message_id
from services.reporting.projecting import NominationRow
from services.reporting.projecting.domain.nominations import fold
from services.reporting.storage.documents import document_of_row, field_name
from shared.events.catalogue import RunOpened, RunReopened, Venue
from shared.events.seats import NominationFact, NominationState, SeatConfirmed
from tests.support.api import token_of
from tests.unit.pattana.test_audit_buckets import example, folded
from tests.unit.reporting.histories import RUN_STARTS, START, History
from tests.unit.reporting.oracle import recount


def message(**changes: Any) -> dict[str, Any]:
    key = message_id("r1:HR:PO-50:2", "person-a", Kind.CONFIRMED)
    attempt = {"outcome": "ACCEPTED", "uncertain": False}
    kept = {"_id": key, "reason": "r1:HR:PO-50:2", "recipient": "person-a", "kind": "CONFIRMED", "state": "SENT"}
    return kept | {"attempts": [attempt], **changes}


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal.jsonl"
    with Journal(path) as journal:
        journal.write("POST", "/api/x", 201, token_of("a:1", "b:2"), "key-1", "id-1")
        journal.write("GET", "/api/x", 200)
    first, second = read(path)
    assert (first.method, first.path, first.status, first.positions) == ("POST", "/api/x", 201, ("a:1", "b:2"))
    assert (first.idempotency_key, first.id) == ("key-1", "id-1")
    assert second.positions == ()
    assert first.at <= second.at


def test_an_incomplete_last_line_is_ignored_and_an_invalid_one_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"method": "POST", "path": "/x", "status": 201}\n{"method": "POST", "pa')
    assert len(list(read(path))) == 1
    path.write_text('{"method": "POST"}\n')
    with pytest.raises(ValueError, match=r"journal\.jsonl:1 is no line of a journal"):
        list(read(path))


def test_positions_come_as_one_header_or_as_parts() -> None:
    assert split("a:1, b:2") == split(["a:1", "b:2"]) == ("a:1", "b:2")
    assert split(None) == split("") == ()


def test_one_key_has_one_answer() -> None:
    once = Once()
    first = Entry("", "POST", "/x", 201, ("a:1",), "key")
    assert once.differs(first) is None
    assert once.differs(first) is None
    assert once.differs(Entry("", "POST", "/y", 201, ("a:9",), "key")) is None
    assert once.differs(Entry("", "POST", "/x", 201, ("a:2",), "key")) is not None


def test_a_message_that_was_sent_once_has_no_fault() -> None:
    assert list(message_faults(message(), 1)) == []
    assert list(message_faults(message(state="PENDING", attempts=[]), 0)) == []


CUT_OFF = {"outcome": "CUT_OFF", "uncertain": True}
TAKEN = {"outcome": "ACCEPTED", "uncertain": False}


@pytest.mark.parametrize(
    ("changes", "sent_events", "number"),
    [
        ({"attempts": [TAKEN, TAKEN]}, 1, 1),
        ({"attempts": [CUT_OFF, TAKEN]}, 1, 0),
        ({}, 2, 1),
        ({"attempts": []}, 1, 1),
        ({"_id": "made-by-hand"}, 1, 1),
        ({"recipient": "person-b"}, 1, 1),
    ],
)
def test_a_message_sent_twice_is_reported_unless_uncertain(
    changes: dict[str, Any], sent_events: int, number: int
) -> None:
    assert len(list(message_faults(message(**changes), sent_events))) == number


def test_a_second_copy_in_the_mail_sink_is_reported(tmp_path: Path) -> None:
    for name, key in (("1", "m1"), ("2", "m2"), ("3", "m1")):
        (tmp_path / f"{name}.eml").write_bytes(b"Delivered-To: a@b\r\nMessage-ID: <" + key.encode() + b"@x>\r\n\r\nhi")
    mails = counted(tmp_path)
    assert mails == {"m1": 2, "m2": 1}
    assert len(list(sent_twice(mails, set()))) == 1
    assert list(sent_twice(mails, {"m1"})) == []


def rolled_up(history: History) -> dict[str, Any]:
    """As the reporting service stores it."""
    rows: dict[str, NominationRow] = {}
    for envelope in history.envelopes:
        if isinstance(envelope.event, NominationFact):
            known = rows.get(envelope.event.nomination)
            rows[envelope.event.nomination] = fold(known, envelope.event, envelope)
    bucket = history.bucket
    return {
        "_id": bucket.id,
        "run": "r1",
        "target": "HR",
        "bucket_unit": "PO-50",
        "programme": "p1",
        "fiscal_year": 2563,
        "starts_at": RUN_STARTS,
        "last": START,
        "place": ["PO-50", "50", "NU1", "N"],
        "regrouped": {},
        "reach": ["PO-50", "PO-50.HR"],
        "seats": bucket.seats,
        "confirmed": sum(row.state is NominationState.CONFIRMED for row in rows.values()),
        "offered": 0,
        "open": True,
        "cells": {field_name(*cell.place): counts for cell, counts in recount(rows.values()).items()},
    }


WRONG_REPORTS: list[dict[str, Any]] = [
    {"run": "r2"},
    {"target": "IT"},
    {"bucket_unit": "PO-51"},
    {"programme": "p2"},
    {"fiscal_year": 2564},
    {"starts_at": START},
    {"place": ["PO-50", "51", "NU1", "N"]},
    {"regrouped": {"50": ["NU2", "N"]}},
    {"reach": ["PO-50"]},
    {"reach": ["OPS", "PO-50", "PO-50.HR"]},
    {"seats": 3},
    {"confirmed": 1},
    {"open": False},
    {"cells": {}},
    {"cells": {"PO-50%2EHR|51|NU1|N": {"c1": 2, "w1": 1, "x1": 1, "r1": 1}}},
    {"cells": {"PO-50%2EHR|50|NU1|S": {"c1": 2, "w1": 1, "x1": 1, "r1": 1}}},
    {"cells": {"PO-50%2EHR|50|NU1|N": {"c1": 2, "w1": 1, "x1": 1, "r1": 2}}},
]


def test_a_roll_up_equals_the_fold_or_is_missing() -> None:
    history = example()
    assert list(rollup_differences(folded(history.events), rolled_up(history))) == []
    assert len(list(rollup_differences(folded(history.events), None))) == 1
    assert rolled_up(history)["cells"] == {"PO-50%2EHR|50|NU1|N": {"c1": 2, "w1": 1, "x1": 1, "r1": 1}}


@pytest.mark.parametrize("changes", WRONG_REPORTS)
def test_a_wrong_field_of_a_roll_up_is_reported(changes: dict[str, Any]) -> None:
    history = example()
    assert list(rollup_differences(folded(history.events), rolled_up(history) | changes))


WRONG_ROWS: list[dict[str, Any]] = [
    {"bucket": "r1:HR:PO-51"},
    {"run": "r2"},
    {"target": "IT"},
    {"bucket_unit": "PO-51"},
    {"person": "somebody"},
    {"rank": "RESERVE"},
    {"place": ["PO-50.HR", "50", "NU1", "S"]},
    {"state": "CONFIRMED"},
]


@pytest.mark.parametrize("changes", [None, *WRONG_ROWS])
def test_a_row_of_a_report_that_is_missing_or_wrong_is_reported(changes: dict[str, Any] | None) -> None:
    history = example()
    bucket, rows = folded(history.events), dict[str, Any]()
    for envelope in history.envelopes:
        if isinstance(envelope.event, NominationFact):
            known = rows.get(envelope.event.nomination)
            rows[envelope.event.nomination] = fold(known, envelope.event, envelope)
    stored = {key: document_of_row(row) for key, row in rows.items()}
    assert row_differences(bucket, bucket.nominees, stored) == {}
    if changes is None:
        del stored["a"]
    else:
        stored["a"] |= changes
    assert row_differences(bucket, bucket.nominees, stored).keys() == {"a"}


def test_a_missing_or_outdated_description_is_reported() -> None:
    assert len(list(description_differences("run r1", None, []))) == 1
    assert list(description_differences("run r1", {"state": "OPEN"}, [])) == []


def test_every_event_that_notifies_people_has_its_message() -> None:
    kinds = [
        text.split(" ")[0]
        for seq, event in enumerate(example().events, start=1)
        for _, text in messages_for("r1:HR:PO-50", seq, event)
    ]
    assert kinds == ["CONFIRMED", "CONFIRMED", "WAITLISTED", "WAITLISTED", "REJECTED", "WITHDRAWN", "PROMOTED"]
    described: dict[str, Any] = {"programme": "p1", "run": "r1", "code": "A-1", "title": "โครงการ", "fiscal_year": 2563}
    described |= {"cohort": 1, "capacity": 2, "starts_at": START, "ends_at": START, "venue": Venue(), "sessions": ()}
    opened = RunOpened(**described, units=("PO-50", "OPS"))
    assert [text for _, text in messages_for("r1", 2, opened)] == ["the request to PO-50", "the request to OPS"]
    reopened = RunReopened(**described, units=("OPS",))
    assert [text for _, text in messages_for("r1", 4, reopened)] == ["the renewed request to OPS"]


def test_a_seat_confirmed_for_an_unknown_reason_is_a_confirmation() -> None:
    (confirmed,) = [event for event in example().events[:2] if isinstance(event, SeatConfirmed)]
    data = confirmed.model_dump() | {"by": "OFFER"}
    assert [text for _, text in messages_for("r1:HR:PO-50", 2, SeatConfirmed(**data))] == ["CONFIRMED of nomination a"]
