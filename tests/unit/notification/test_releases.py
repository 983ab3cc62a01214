"""What units are told of the release of seats: some working days before, and once afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.notification.composing import Writer
from services.notification.domain import (
    Addressee,
    Facts,
    Kind,
    MessageSnapshot,
    RunState,
    overtaken,
    release_due_at,
    release_reason,
)
from services.notification.reacting import HANDLERS, ReactionBatch
from services.notification.reminders.domain import release_due
from shared.clock import BANGKOK
from shared.events.seats import BucketSeatsChanged, ConfirmedBy, SeatConfirmed, SeatsChangedBecause
from tests.unit.notification.builders import NOW, enveloped, message, run, seat_fields

RELEASE = datetime(2020, 8, 17, tzinfo=BANGKOK)  # a Monday
TOLD = datetime(2020, 8, 7, 8, 30, tzinfo=BANGKOK)  # 12 August is a holiday
SECOND = timedelta(seconds=1)
RUN = replace(run(), release_at=RELEASE, state=RunState.OPEN)


def changed(seats: int, before: int, unit: str = "PO-57", **more: Any) -> BucketSeatsChanged:
    fields = {
        key: value for key, value in seat_fields().items() if key not in {"nomination", "person", "rank", "place"}
    }
    return BucketSeatsChanged(**{**fields, "bucket_unit": unit}, seats=seats, before=before, **more)


def reacted(*events: Any) -> ReactionBatch:
    batch = ReactionBatch(NOW)
    for seq, event in enumerate(events, 1):
        HANDLERS[type(event)](batch, enveloped(event, event.aggregate, seq), event)
    batch.tell_of_open_seats()
    return batch


def test_it_is_five_working_days_before_and_until_then() -> None:
    assert release_due_at(RELEASE) == TOLD
    moments = {TOLD - SECOND: False, TOLD: True, RELEASE - SECOND: True, RELEASE: False}
    reason = release_reason(RUN.id, RELEASE)
    assert {now: release_due(RUN, now) for now in moments} == {
        now: reason if due else None for now, due in moments.items()
    }
    assert release_due(replace(RUN, release_at=None), TOLD) is None
    assert release_due(replace(RUN, offset_seconds=3600), TOLD - timedelta(hours=1)) == reason


@pytest.mark.parametrize(
    ("of", "now", "code"),
    [
        (RUN, TOLD, None),
        (RUN, RELEASE, "release-changed"),
        (replace(RUN, release_at=RELEASE + timedelta(days=1)), TOLD, "release-changed"),
        (replace(RUN, release_at=None), TOLD, "release-changed"),
        (replace(RUN, state=RunState.CLOSED), TOLD, None),
        (replace(RUN, state=RunState.CANCELLED), TOLD, "run-cancelled"),
    ],
)
def test_what_is_announced_is_true_until_the_day(of: Any, now: datetime, code: str | None) -> None:
    told = message(
        kind=Kind.RELEASE_AHEAD,
        addressee=Addressee.UNIT,
        recipient="PO-57",
        nomination=None,
        reason=release_reason(RUN.id, RELEASE),
    )
    assert overtaken(told, of, None, now) == code


def test_afterwards_each_unit_is_told_once_and_a_pool_is_nobody() -> None:
    released = {"because": SeatsChangedBecause.RELEASED}
    batch = reacted(
        changed(2, 3, released=1, **released),
        changed(0, 2, released=3, **released),
        changed(1, 0, "PO", **released),
        changed(2, 1, "PO-50", received=1, **released),
    )
    assert sorted((one.kind, one.recipient) for one in batch.messages.values()) == [
        (Kind.SEATS_RELEASED, "PO-50"),
        (Kind.SEATS_RELEASED, "PO-57"),
    ]
    buckets = {one.bucket_unit: (one.seats, one.released, one.received) for one in batch.buckets.values()}
    assert buckets == {"PO-57": (0, 3, 0), "PO": (1, 0, 0), "PO-50": (2, 0, 1)}


def test_seats_that_somebody_gives_are_announced_as_ever() -> None:
    batch = reacted(changed(2, 1))
    assert [one.kind for one in batch.messages.values()] == [Kind.SEAT_OPEN]


def test_who_gets_a_released_seat_has_moved_up() -> None:
    batch = reacted(SeatConfirmed(**seat_fields(), before="WAITLISTED", by=ConfirmedBy.RELEASE))
    assert [one.kind for one in batch.messages.values()] == [Kind.PROMOTED]


@pytest.mark.parametrize(
    ("language", "facts", "lines", "without"),
    [
        ("th", Facts(released=2), "ถูกนำกลับเป็นส่วนรวม จำนวน 2 ที่นั่ง", "ได้รับเพิ่ม"),
        ("th", Facts(received=3), "ได้รับเพิ่มสำหรับผู้ที่รออยู่ในบัญชีสำรอง จำนวน 3 ที่นั่ง", "ถูกนำกลับ"),
        ("en", Facts(released=2), "taken back: 2", "waiting list:"),
        ("en", Facts(received=3), "waiting list: 3", "taken back"),
    ],
)
def test_what_was_taken_back_and_given_is_written(language: Any, facts: Facts, lines: str, without: str) -> None:
    told = message(kind=Kind.SEATS_RELEASED, addressee=Addressee.UNIT)
    text = Writer(sender="สป.มท.").write(told, MessageSnapshot(RUN, facts=facts), language).text
    assert lines in text
    assert without not in text


@pytest.mark.parametrize(("language", "day"), [("th", "17 สิงหาคม 2563"), ("en", "17 August 2020")])
def test_what_is_announced_says_how_many_and_when(language: Any, day: str) -> None:
    told = message(kind=Kind.RELEASE_AHEAD, addressee=Addressee.UNIT)
    text = Writer(sender="สป.มท.").write(told, MessageSnapshot(RUN, facts=Facts(open_seats=4)), language).text
    assert day in text
    assert "4" in text
