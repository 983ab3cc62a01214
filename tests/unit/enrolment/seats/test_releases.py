"""The release of unclaimed seats: the rules one by one, and for any state of buckets and lists that no seat is lost,
nobody overtakes, and nobody is seated who was not approved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.catalogue import ReleaseRule
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import Bucket, Nomination
from services.enrolment.seats.domain.refusals import NotConfirmed
from services.enrolment.seats.domain.released import Moved, Progress, ReleaseWhy, Served, inherited
from services.enrolment.seats.domain.releases import lists_needed, pools_of, release_page
from services.enrolment.seats.http.notices import decided_response
from shared.events.seats import BucketSeatsChanged, ConfirmedBy, NominationState, SeatConfirmed, SeatsChangedBecause
from shared.rights import pool_of
from tests.unit.enrolment.seats.builders import EVERYTHING, C, S, W, bucket, nomination, place

POOL = "PO"
BY_ORDER, BY_SERVICE, BY_HAND = ReleaseRule
Lists = dict[str, list[Nomination]]


def unit(name: str, seats: int, free: int = 0, waiting: int = 0) -> Bucket:
    return replace(bucket(name, seats), free=free, waiting=waiting, seq=7)


def waits(number: int, where: str, *, at: str | None = None, queue: int = 1) -> Nomination:
    """`number`: which nomination it was of all; `at`: the office of a person on the list of another bucket."""
    who = nomination(f"n{number:04d}", W, f"p{number}", f"{at or where}.HR", queue=queue)
    return replace(who, bucket=f"run:PROV_HR:{where}")


def progress(rule: ReleaseRule = BY_ORDER, **changes: Any) -> Progress:
    return replace(Progress(f"run:PROV_HR:{POOL}", "run", "PROV_HR", POOL, rule), **changes)


class Released:
    """All pages of one release, each on what the one before has left."""

    def __init__(
        self, rule: ReleaseRule, buckets: Sequence[Bucket], lists: Lists, *, most: int = 100, **changes: Any
    ) -> None:
        self.buckets = {one.id: one for one in sorted(buckets, key=lambda one: one.id)}
        self.lists = {key: list(rows) for key, rows in lists.items()}
        self.progress = progress(rule, **changes)
        self.moved: list[Moved] = []
        self.most = most

    def page(self) -> None:
        needed = lists_needed(self.progress, list(self.buckets.values()), self.most)
        queues = {key: self.lists[key][:count] for key, count in needed.items()}
        page = release_page(self.progress, list(self.buckets.values()), queues, self.most)
        assert len(page.moved) <= self.most
        assert page.moved or page.progress.done, "it gets on"
        for before, outcome in page.outcomes:
            assert self.buckets[before.id] == before
            self._check_history(before, outcome.events, outcome.bucket)
            waiting = self.lists.get(before.id, [])
            seated = [one.id for one in outcome.nominations]
            assert [one.id for one in waiting[: len(seated)]] == seated, "in the order of the list"
            assert all((one.state, one.queue) == (C, None) for one in outcome.nominations)
            del waiting[: len(seated)]
            self.buckets[before.id] = outcome.bucket
        self.moved += page.moved
        self.progress = page.progress

    def _check_history(self, before: Bucket, events: Sequence[Any], after: Bucket) -> None:
        """At every prefix no more confirmed than seats; at the end what the bucket says."""
        seats, confirmed = before.seats, before.confirmed
        for event in events:
            if isinstance(event, BucketSeatsChanged):
                assert (event.before, event.because) == (seats, SeatsChangedBecause.RELEASED)
                seats = event.seats
            else:
                assert isinstance(event, SeatConfirmed)
                assert (event.before, event.by) == (W, ConfirmedBy.RELEASE)
                confirmed += 1
            assert confirmed <= seats
        assert (seats, confirmed) == (after.seats, after.confirmed)
        assert after.seq == before.seq + len(events)
        assert 0 <= after.free <= after.seats
        assert after.waiting >= 0

    def all(self) -> "Released":
        for _ in range(1_000):
            if self.progress.done:
                return self
            self.page()
        raise AssertionError("it never ends")

    @property
    def rows(self) -> list[tuple[str, str, str | None]]:
        return [(one.source, one.to, one.nomination) for one in self.moved]

    def seats(self) -> dict[str, tuple[int, int, int]]:
        return {one.bucket_unit: (one.seats, one.free, one.waiting) for one in self.buckets.values()}


def test_who_was_nominated_first_of_those_who_are_first_gets_the_seat() -> None:
    """Behind the head of a list nobody counts, however long ago."""
    lists = {
        "run:PROV_HR:PO-50": [waits(9, "PO-50", queue=1), waits(1, "PO-50", queue=2)],
        "run:PROV_HR:PO-95": [waits(5, "PO-95")],
    }
    free = [unit("PO-50", 1, waiting=2), unit("PO-95", 1, waiting=1), unit("PO-57", 2, free=2), unit(POOL, 0)]
    one = Released(BY_ORDER, free, lists).all()
    assert one.rows == [("PO-57", "PO-95", "n0005"), ("PO-57", "PO-50", "n0009")]
    assert one.seats() == {POOL: (0, 0, 0), "PO-50": (2, 0, 1), "PO-57": (0, 0, 0), "PO-95": (2, 0, 0)}
    assert {row.why for row in one.moved} == {ReleaseWhy.WAITING_ORDER}
    changed = one.buckets["run:PROV_HR:PO-57"]
    assert (changed.released, changed.received) == (2, 0)
    assert [one.buckets[f"run:PROV_HR:{key}"].received for key in ("PO-50", "PO-95", POOL)] == [1, 1, 0]


def test_the_office_with_the_fewest_confirmed_per_seat_comes_first_and_counts_what_it_gets() -> None:
    served = {"PO-50": Served(3, 4), "PO-95": Served(1, 4), "PO-57": Served(1, 1)}
    lists = {
        "run:PROV_HR:PO-50": [waits(1, "PO-50"), waits(2, "PO-50", queue=2)],
        "run:PROV_HR:PO-95": [waits(number, "PO-95", queue=number) for number in (5, 6, 7, 8)],
    }
    buckets = [unit("PO-50", 1, waiting=2), unit("PO-95", 1, waiting=4), unit("PO-57", 5, free=5), unit(POOL, 0)]
    one = Released(BY_SERVICE, buckets, lists, served=served).all()
    # 1/4, 2/5, 3/6, 4/7 of PO-95 against 3/4 of PO-50, until nobody else waits
    assert [row.nomination for row in one.moved] == ["n0005", "n0006", "n0007", "n0008", "n0001"]
    assert [row.served for row in one.moved[:2]] == [Served(1, 4), Served(2, 5)]
    assert one.progress.served["PO-95"] == Served(5, 8)
    assert one.progress.served["PO-50"] == Served(4, 5)


def test_an_office_without_seats_is_the_least_served_and_ties_go_by_the_time_of_nomination() -> None:
    assert Served().share == Served(0, 9).share == Fraction(0)
    lists = {
        f"run:PROV_HR:{POOL}": [waits(3, POOL, at="PO-33"), waits(4, POOL, at="PO-34", queue=2)],
        "run:PROV_HR:PO-50": [waits(1, "PO-50")],
        "run:PROV_HR:PO-95": [waits(2, "PO-95")],
    }
    served = {"PO-50": Served(1, 2), "PO-95": Served(2, 4)}
    buckets = [
        unit("PO-50", 1, waiting=1),
        unit("PO-95", 1, waiting=1),
        unit("PO-57", 4, free=4),
        unit(POOL, 1, waiting=2),
    ]
    one = Released(BY_SERVICE, buckets, lists, served=served).all()
    assert [row.nomination for row in one.moved] == ["n0003", "n0004", "n0001", "n0002"]
    assert [row.to for row in one.moved] == [POOL, POOL, "PO-50", "PO-95"]
    assert one.seats()[POOL] == (3, 0, 0)


def test_by_hand_seats_stay_in_the_pool_and_only_its_own_list_is_served() -> None:
    lists = {
        f"run:PROV_HR:{POOL}": [waits(9, POOL, at="PO-33")],
        "run:PROV_HR:PO-50": [waits(1, "PO-50")],
    }
    buckets = [unit("PO-50", 1, waiting=1), unit("PO-57", 3, free=3), unit(POOL, 1, waiting=1)]
    one = Released(BY_HAND, buckets, lists).all()
    assert one.rows == [("PO-57", POOL, "n0009"), ("PO-57", POOL, None), ("PO-57", POOL, None)]
    assert [row.why for row in one.moved] == [ReleaseWhy.OWN_LIST, ReleaseWhy.BY_HAND, ReleaseWhy.BY_HAND]
    assert one.seats() == {POOL: (4, 2, 0), "PO-50": (1, 0, 1), "PO-57": (0, 0, 0)}


@pytest.mark.parametrize("rule", ReleaseRule)
def test_what_the_own_list_needs_is_not_unclaimed(rule: ReleaseRule) -> None:
    """Reserves wait beside free seats."""
    lists = {"run:PROV_HR:PO-57": [waits(8, "PO-57")], "run:PROV_HR:PO-50": [waits(1, "PO-50")]}
    buckets = [unit("PO-50", 1, waiting=1), unit("PO-57", 1, free=1, waiting=1), unit(POOL, 0)]
    one = Released(rule, buckets, lists).all()
    assert one.rows == [("PO-57", "PO-57", "n0008")]
    assert one.moved[0].why is ReleaseWhy.OWN_LIST
    assert one.seats()["PO-57"] == (1, 0, 0)


def test_where_nobody_waits_the_seats_stay_in_the_pool() -> None:
    one = Released(BY_ORDER, [unit("PO-57", 2, free=2), unit("PO-50", 1), unit(POOL, 0)], {}).all()
    assert one.seats() == {POOL: (2, 2, 0), "PO-50": (1, 0, 0), "PO-57": (0, 0, 0)}
    assert {row.why for row in one.moved} == {ReleaseWhy.NOBODY_WAITS}


def test_free_seats_that_the_pool_had_are_given_too() -> None:
    lists = {"run:PROV_HR:PO-50": [waits(1, "PO-50"), waits(2, "PO-50", queue=2)]}
    one = Released(BY_ORDER, [unit("PO-50", 1, waiting=2), unit(POOL, 1, free=1)], lists).all()
    assert one.rows == [(POOL, "PO-50", "n0001")]
    assert one.seats() == {POOL: (0, 0, 0), "PO-50": (2, 0, 1)}


def test_the_event_says_why_and_how_many_in_all() -> None:
    lists = {"run:PROV_HR:PO-50": [waits(1, "PO-50")]}
    buckets = [unit(POOL, 0), unit("PO-50", 1, waiting=1), replace(unit("PO-57", 2, free=2), released=3)]
    page = release_page(progress(), buckets, lists)
    events = {before.bucket_unit: outcome.events for before, outcome in page.outcomes}
    assert {key: [type(event) for event in kinds] for key, kinds in events.items()} == {
        POOL: [BucketSeatsChanged, BucketSeatsChanged],
        "PO-50": [BucketSeatsChanged, SeatConfirmed],
        "PO-57": [BucketSeatsChanged],
    }
    told = [event for kinds in events.values() for event in kinds if isinstance(event, BucketSeatsChanged)]
    assert [(one.before, one.seats, one.released, one.received) for one in told] == [
        (0, 2, 0, 0),
        (2, 1, 0, 0),
        (1, 2, 0, 1),
        (2, 0, 5, 0),
    ]


def test_a_page_ends_where_a_list_was_not_read_further() -> None:
    """Who is next there might have been nominated before everybody else."""
    rows = [waits(number, "PO-50", queue=number) for number in range(1, 9)]
    buckets = [unit(POOL, 0), unit("PO-50", 1, waiting=8), unit("PO-57", 9, free=9)]
    page = release_page(progress(), buckets, {"run:PROV_HR:PO-50": rows[:3]}, 100)
    assert (len(page.moved), page.progress.done, page.progress.after) == (3, False, "")


def test_nobody_is_promoted_who_waits_for_an_approval() -> None:
    rows = {"run:PROV_HR:PO-50": [replace(waits(1, "PO-50"), state=S)]}
    with pytest.raises(NotConfirmed):
        release_page(progress(), [unit(POOL, 0), unit("PO-50", 1, waiting=1), unit("PO-57", 1, free=1)], rows)


def test_each_side_of_a_group_that_is_open_to_both_has_its_pool() -> None:
    both = [unit("PO-50", 1), unit("PERS", 1), unit("PO-57", 1)]
    assert pools_of(both) == [("PROV_HR", "OPS"), ("PROV_HR", "PO")]
    assert pools_of([]) == []


STATES = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=7)


def drawn(states: Sequence[tuple[int, int, int]], pool: tuple[int, int, int], data: Any) -> tuple[list[Bucket], Lists]:
    """Any buckets; a nomination of the lists has a number of its own, in any order."""
    named = [(POOL, pool), *((f"PO-{50 + place}", state) for place, state in enumerate(states))]
    buckets = [unit(name, taken + free, free, waiting) for name, (taken, free, waiting) in named]
    numbers = data.draw(st.permutations(range(sum(one.waiting for one in buckets))))
    lists: Lists = {}
    for one in buckets:
        own = [numbers.pop() for _ in range(one.waiting)]
        rows = [waits(number, one.bucket_unit, queue=place, at=_from(one, place)) for place, number in enumerate(own)]
        lists[one.id] = rows
    return buckets, lists


def _from(one: Bucket, place: int) -> str | None:
    return f"PO-{50 + place}" if one.bucket_unit == POOL else None


@settings(max_examples=200, deadline=None)
@given(
    states=STATES,
    pool=st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)),
    rule=st.sampled_from(ReleaseRule),
    most=st.integers(1, 7),
    data=st.data(),
)
def test_seats_are_conserved_on_every_page_and_all_is_told(
    states: list[tuple[int, int, int]], pool: tuple[int, int, int], rule: ReleaseRule, most: int, data: Any
) -> None:
    buckets, lists = drawn(states, pool, data)
    whole, confirmed = sum(one.seats for one in buckets), sum(one.confirmed for one in buckets)
    one = Released(rule, buckets, lists, most=most)
    while not one.progress.done:
        one.page()
        assert sum(now.seats for now in one.buckets.values()) == whole
        assert one.progress.moved == len(one.moved)
    seated = [row for row in one.moved if row.nomination is not None]
    assert sum(now.confirmed for now in one.buckets.values()) == confirmed + len(seated)
    assert len({row.nomination for row in seated}) == len(seated)
    for now in one.buckets.values():
        assert now.waiting == len(one.lists[now.id])
        told = Counter({"source": sum(row.source == now.bucket_unit != row.to for row in one.moved)})
        if now.bucket_unit != POOL:
            assert told["source"] == now.released
            assert sum(row.to == now.bucket_unit != row.source for row in one.moved) == now.received
            assert now.free == 0, "nothing unclaimed is left with a unit"
    if rule is not BY_HAND:
        left, waiting = one.buckets[f"run:PROV_HR:{POOL}"].free, sum(now.waiting for now in one.buckets.values())
        assert not (left and waiting), "nobody waits beside a free seat"
    for row in seated:
        assert row.office is not None
        assert root_unit(place(row.office).unit) == row.office


@settings(max_examples=100, deadline=None)
@given(
    states=STATES,
    pool=st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 3)),
    rule=st.sampled_from(ReleaseRule),
    most=st.integers(1, 7),
    data=st.data(),
)
def test_small_pages_come_to_what_one_large_page_would(
    states: list[tuple[int, int, int]], pool: tuple[int, int, int], rule: ReleaseRule, most: int, data: Any
) -> None:
    buckets, lists = drawn(states, pool, data)
    small, large = Released(rule, buckets, lists, most=most).all(), Released(rule, buckets, lists, most=10_000).all()
    assert small.seats() == large.seats()
    assert by_source(small.moved) == by_source(large.moved)


def by_source(moved: Sequence[Moved]) -> Mapping[str, list[tuple[str, str | None]]]:
    rows = sorted(((one.source, one.to, one.nomination) for one in moved), key=lambda row: row[0])
    return {key: sorted((to, str(who)) for _, to, who in group) for key, group in groupby(rows, lambda row: row[0])}


class Meanwhile:
    """What may happen to a run between two pages: a nomination takes a free seat or waits, a seat comes free."""

    @staticmethod
    def nominated(one: Released, key: str, number: int) -> None:
        before = one.buckets[key]
        if before.free:
            one.buckets[key] = replace(before, free=before.free - 1, seq=before.seq + 1)
        else:
            one.lists[key].append(waits(number, before.bucket_unit, queue=before.seq + 1, at=_from(before, 0)))
            one.buckets[key] = replace(before, waiting=before.waiting + 1, seq=before.seq + 1)

    @staticmethod
    def withdrawn(one: Released, key: str) -> None:
        before = one.buckets[key]
        if not before.confirmed:
            return
        if before.waiting:
            one.lists[key].pop(0)
            one.buckets[key] = replace(before, waiting=before.waiting - 1, seq=before.seq + 2)
        else:
            one.buckets[key] = replace(before, free=before.free + 1, seq=before.seq + 1)


@settings(max_examples=150, deadline=None)
@given(
    states=STATES,
    rule=st.sampled_from(ReleaseRule),
    most=st.integers(1, 4),
    happens=st.lists(st.tuples(st.booleans(), st.integers(0, 7)), max_size=25),
    data=st.data(),
)
def test_whatever_happens_between_pages_no_seat_is_lost_and_it_comes_to_its_end(
    states: list[tuple[int, int, int]], rule: ReleaseRule, most: int, happens: list[tuple[bool, int]], data: Any
) -> None:
    buckets, lists = drawn(states, (0, 0, 0), data)
    one, whole = Released(rule, buckets, lists, most=most), sum(each.seats for each in buckets)
    keys, number = list(one.buckets), 5_000
    for comes, where in happens:
        key = keys[where % len(keys)]
        if comes:
            number += 1
            Meanwhile.nominated(one, key, number)
        else:
            Meanwhile.withdrawn(one, key)
        if not one.progress.done:
            one.page()
        assert sum(now.seats for now in one.buckets.values()) == whole
        assert all(len(one.lists[now.id]) == now.waiting for now in one.buckets.values())
    one.all()
    assert sum(now.seats for now in one.buckets.values()) == whole
    assert all(pool_of(now.bucket_unit) == POOL for now in one.buckets.values())


@pytest.mark.parametrize("state", NominationState)
@pytest.mark.parametrize("released", [0, 1])
def test_who_waits_because_the_seats_were_released_is_told(state: NominationState, released: int) -> None:
    one = nomination("n", state, "p")
    told = decided_response(one, replace(bucket(), released=released), EVERYTHING)
    assert ("notice" in told) is (state is W and released > 0)


@pytest.mark.parametrize("after", ["", "PO-50"])
def test_a_run_that_is_split_off_is_as_far_as_the_other_one(after: str) -> None:
    """Nothing that was dealt with there is dealt with once more; what it moves itself is counted anew."""
    before = progress(
        after=f"run:PROV_HR:{after}" if after else "", pages=3, moved=7, done=not after, served={"PO-50": Served(1, 2)}
    )
    there = inherited(before, "new")
    assert (there.id, there.run, there.after) == (
        f"new:PROV_HR:{POOL}",
        "new",
        f"new:PROV_HR:{after}" if after else "",
    )
    assert (there.pages, there.moved, there.done, there.served) == (3, 0, before.done, before.served)
