"""A run is split, or becomes one with another: nobody and no seat is lost or made, and nobody overtakes anybody."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import DivideBy, Division
from services.enrolment.seats.domain.buckets import open_later
from services.enrolment.seats.domain.carrying import arrive, depart, outranks, reseated
from services.enrolment.seats.domain.dividing import SeatHere, every_second, free_seats, goes, is_named, most_seats
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.run_moves import Phase, RunMove
from services.enrolment.seats.domain.transitions import CONFIRMED, SUBMITTED, WAITLISTED
from shared.errors import Refused
from shared.events.seats import (
    Approver,
    BucketSeatsChanged,
    NominationMoved,
    NominationState,
    NominationTransferred,
    Place,
    Rank,
    SeatConfirmed,
    bucket_id,
)
from tests.unit.enrolment.seats.builders import START

UNITS = ("PO-50.HR", "PO-50", "PO-95", "PERS", "DRI.A")
STATES = (CONFIRMED, WAITLISTED, SUBMITTED)


def place(unit: str) -> Place:
    region = "CENTRAL" if not unit.startswith("PO-") else "N" if unit.startswith("PO-50") else "S"
    return Place(unit=unit, province=None, group=None, region=region)


def bucket(seats: int, confirmed: int, waiting: int, *, run: str = "a", unit: str = "PO", seq: int = 1) -> Bucket:
    return Bucket(
        bucket_id(run, "T", unit),
        run,
        "T",
        unit,
        "p",
        2563,
        START,
        Place(unit=unit, province=None, group=None, region="ALL"),
        seats,
        seats - confirmed,
        waiting,
        seq,
    )


def nominations(states: list[NominationState], units: list[str], of: Bucket) -> list[Nomination]:
    return [
        Nomination(
            f"n{number:03}",
            of.id,
            f"p{number}",
            Rank.PRIMARY,
            place(units[number % len(units)]),
            state,
            queue=number if state is WAITLISTED else None,
            approver=Approver.SUPERVISOR if state is SUBMITTED else None,
        )
        for number, state in enumerate(states, 1)
    ]


DIVISIONS = st.sampled_from(
    [
        Division(DivideBy.UNITS, ("PO-50",)),
        Division(DivideBy.UNITS, ("PERS", "PO-95")),
        Division(DivideBy.REGIONS, ("N", "CENTRAL")),
        Division(DivideBy.ALTERNATE),
        Division(DivideBy.LIST, ("n001", "n003", "n004", "n999")),
    ]
)
CROWDS = st.lists(st.sampled_from(STATES), max_size=40)


def check(before: Bucket, events: tuple[object, ...]) -> None:
    """P1 at every prefix: never more confirmed than seats."""
    seats, confirmed = before.seats, before.confirmed
    for event in events:
        if isinstance(event, BucketSeatsChanged):
            assert event.before == seats
            seats = event.seats
        elif isinstance(event, SeatConfirmed):
            confirmed += 1
        elif isinstance(event, NominationTransferred):
            confirmed -= event.before == "CONFIRMED"
        assert 0 <= confirmed <= seats


def carried(
    crowd: list[Nomination], here: Bucket, there: Bucket, division: Division, most: int
) -> tuple[Bucket, Bucket, list[Nomination]]:
    """Page by page, as the worker does."""
    came: list[Nomination] = []
    move = RunMove("m", "a", "b", "officer", division)
    for phase in STATES:
        rows = [one for one in crowd if one.state is phase]
        move = replace(move, phase=Phase(phase.value))
        for start in range(0, len(rows), most):
            page = rows[start : start + most]
            going = move.chosen(page)
            left, arrived = depart(here, going, "b"), arrive(there, [(one, one.place) for one in going], "a")
            check(here, left.events)
            check(there, arrived.events)
            here, there = left.bucket, arrived.bucket
            came += arrived.nominations
            move = replace(move, looked=move.looked + len(page))
    return here, there, came


def foreseen(crowd: list[Nomination], division: Division) -> set[str]:
    """Who is looked at before the command, from rows in any order."""
    rows = [
        SeatHere(one.id, one.person, one.state, one.place.unit, one.place.region, one.bucket, one.queue)
        for one in reversed(crowd)
    ]
    if division.by is DivideBy.ALTERNATE:
        return {*every_second(rows)}
    return {row.person for row in rows if is_named(division, row.nomination, row.unit, row.region)}


def kept(crowd: list[Nomination], came: list[Nomination]) -> None:
    """Each once, as it was, and in order."""
    known = {one.id: one for one in crowd}
    assert len({one.id for one in came}) == len(came)
    for one in came:
        was = known[one.id]
        assert (one.person, one.state, one.rank, one.approver) == (was.person, was.state, was.rank, was.approver)
        assert one.transfers == was.transfers + 1
    waits = [one for one in came if one.state is WAITLISTED]
    assert [one.id for one in waits] == sorted(one.id for one in waits)
    queues = [one.queue or 0 for one in waits]
    assert queues == sorted(set(queues))
    assert 0 not in queues


@given(
    CROWDS, st.lists(st.sampled_from(UNITS), min_size=1, max_size=5), DIVISIONS, st.integers(0, 9), st.integers(1, 7)
)
def test_people_seats_and_order_are_conserved(
    states: list[NominationState], units: list[str], division: Division, free: int, most: int
) -> None:
    """Whatever the rule and the size of pages."""
    counts = Counter(states)
    here = bucket(counts[CONFIRMED] + free, counts[CONFIRMED], counts[WAITLISTED], seq=50)
    there = open_later(bucket(0, 0, 0, run="b", seq=0), closed=False).bucket
    crowd, seats = nominations(states, units, here), here.seats
    goes_free = free_seats(division, here)
    here, there = reseated(here, -goes_free).bucket, reseated(there, goes_free).bucket
    here, there, came = carried(crowd, here, there, division, most)
    assert {one.person for one in came} == foreseen(crowd, division)
    assert here.seats + there.seats == seats
    assert here.free + there.free == free
    assert here.waiting + there.waiting == counts[WAITLISTED]
    assert here.confirmed + there.confirmed == counts[CONFIRMED]
    kept(crowd, came)
    most_there = most_seats(division, [bucket(seats, counts[CONFIRMED], 0)])
    assert there.seats <= most_there or division.by in (DivideBy.UNITS, DivideBy.REGIONS)


@pytest.mark.parametrize(
    ("division", "units", "expected"),
    [
        (Division(DivideBy.UNITS, ("PO-50",)), UNITS, [1, 1, 0, 0, 0]),
        (Division(DivideBy.UNITS, ("OPS",)), UNITS, [0, 0, 0, 1, 1]),
        (Division(DivideBy.UNITS, ("PO-50.HR", "DRI")), UNITS, [1, 0, 0, 0, 1]),
        (Division(DivideBy.REGIONS, ("S",)), UNITS, [0, 0, 1, 0, 0]),
        (Division(DivideBy.ALTERNATE), UNITS, [0, 1, 0, 1, 0]),
        (Division(DivideBy.LIST, ("n002", "n005")), UNITS, [0, 1, 0, 0, 1]),
    ],
)
def test_who_goes(division: Division, units: tuple[str, ...], expected: list[int]) -> None:
    crowd = nominations([CONFIRMED] * 5, list(units), bucket(5, 5, 0))
    # n001 is of units[1]: the builder counts from one.
    crowd = [replace(one, place=place(unit)) for one, unit in zip(crowd, units, strict=True)]
    assert [int(goes(division, one, number)) for number, one in enumerate(crowd)] == expected


@pytest.mark.parametrize(
    ("division", "unit", "free", "most"),
    [
        (Division(DivideBy.UNITS, ("PO-50",)), "PO-50", 3, 10),
        (Division(DivideBy.UNITS, ("PO-50.HR",)), "PO-50", 0, 7),  # only some of its people
        (Division(DivideBy.UNITS, ("PO-95",)), "PO-50", 0, 0),
        (Division(DivideBy.UNITS, ("PO-95",)), "PO", 0, 7),  # anybody of a pool may be of it
        (Division(DivideBy.ALTERNATE), "PO-50", 1, 5),
        (Division(DivideBy.LIST, ("x", "y")), "PO-50", 0, 2),
    ],
)
def test_free_seats_and_the_most_that_can_go(division: Division, unit: str, free: int, most: int) -> None:
    ten = replace(bucket(10, 7, 0, unit=unit), place=place(unit))
    assert (free_seats(division, ten), most_seats(division, [ten])) == (free, most)


@pytest.mark.parametrize("by", [DivideBy.UNITS, DivideBy.REGIONS, DivideBy.LIST])
def test_a_rule_needs_to_say_who(by: DivideBy) -> None:
    with pytest.raises(Refused) as refused:
        Division(by)
    assert refused.value.code == "nobody-to-move"


@pytest.mark.parametrize("one", STATES)
@pytest.mark.parametrize("other", STATES)
def test_of_two_nominations_the_one_that_has_come_further_is_kept(one: NominationState, other: NominationState) -> None:
    order = [SUBMITTED, WAITLISTED, CONFIRMED]
    first, second = nominations([one, other], ["PERS"], bucket(9, 0, 0))
    assert outranks(first, second) is (order.index(one) > order.index(other))


def test_that_somebody_has_moved_is_said_again() -> None:
    (one,) = nominations([WAITLISTED], ["PO-50.HR"], bucket(1, 0, 1))
    away = replace(one, present_unit="PO-95", asked=True)
    came = arrive(bucket(0, 0, 0, run="b"), [(away, away.place)], "a")
    *_, moved = came.events
    assert isinstance(moved, NominationMoved)
    assert (moved.to_unit, moved.asked, moved.from_run, moved.transfers) == ("PO-95", True, "a", 1)
    assert came.nominations[0].queue == 2  # that of the event with which it came
    assert came.bucket.seq == 3


def test_rounds_go_on_until_one_has_moved_nobody() -> None:
    move = RunMove("m", "a", "b", "x", Division(DivideBy.UNITS, ("PO",)), Phase.SUBMITTED, moved=3)
    again = move.next_phase()
    assert (again.phase, again.moved, again.looked) == (Phase.CONFIRMED, 0, 0)
    assert replace(move, moved=0).next_phase().phase is Phase.ENDING
    assert replace(move, division=Division(DivideBy.ALTERNATE)).next_phase().phase is Phase.ENDING
    assert replace(move, division=None).next_phase().phase is Phase.CONFIRMED
    assert replace(move, division=None, moved=0).next_phase().phase is Phase.SEATS
