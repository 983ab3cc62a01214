"""Who is offered a seat of the pool next where under-served offices come first: the rule of releases, told for each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import PoolOrder, ReleaseRule
from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.domain.offer_order import by_waiting, share_of_lists, under_served_first
from services.enrolment.seats.domain.offer_reasons import OfferReason, OfferWhy
from services.enrolment.seats.domain.released import Progress, Served
from services.enrolment.seats.domain.releases import release_page
from services.enrolment.seats.storage.offered import reason_document, reason_of
from tests.unit.enrolment.seats.builders import NOW
from tests.unit.enrolment.seats.test_offers import waiting
from tests.unit.enrolment.seats.test_releases import unit

UNITS = ("PO-50", "PO-51", "PO-95", "PO-95.HR")
Lists = dict[str, list[Nomination]]


def waits(number: int, where: str) -> Nomination:
    """Who came as the `number`th has waited the longer the smaller it is."""
    one = waiting(f"n{number:03}", where, number)
    return replace(one, waits_since=NOW + timedelta(minutes=number))


def names(lists: Lists, served: Mapping[str, Served], most: int, read: int = 50) -> list[str]:
    return [one.id for one, _ in under_served_first(lists, read, served, most)]


def test_the_office_with_the_fewest_per_seat_comes_first_and_what_it_is_offered_counts_on() -> None:
    lists = {"a": [waits(3, "PO-50"), waits(4, "PO-50")], "b": [waits(1, "PO-51"), waits(2, "PO-51")]}
    served = {"PO-50": Served(1, 4), "PO-51": Served(1, 2)}
    chosen = under_served_first(lists, 50, served, 4)
    assert [one.id for one, _ in chosen] == ["n003", "n004", "n001", "n002"]
    told = [because.served for _, because in chosen]
    assert told == [Served(1, 4), Served(2, 5), Served(1, 2), Served(2, 3)]
    assert {because.why for _, because in chosen} == {OfferWhy.UNDER_SERVED}


def test_where_the_shares_are_the_same_who_has_waited_longer_comes_first() -> None:
    lists = {"a": [waits(2, "PO-50")], "b": [waits(1, "PO-51")]}
    assert names(lists, {"PO-50": Served(1, 2), "PO-51": Served(2, 4)}, 2) == ["n001", "n002"]
    assert names(lists, {}, 2) == ["n001", "n002"], "an office without any seat has had nothing"


def test_who_has_let_an_offer_go_comes_after_all_others_whatever_the_office_has_had() -> None:
    lists = {"a": [replace(waits(1, "PO-50"), let_go=True)], "b": [waits(2, "PO-51")]}
    assert names(lists, {"PO-51": Served(9, 9)}, 2) == ["n002", "n001"]


def test_where_only_one_office_waits_nothing_needs_to_be_counted() -> None:
    ((one, because),) = under_served_first({"a": [waits(1, "PO-50")]}, 50, {}, 3)
    assert (one.id, because) == ("n001", OfferReason(OfferWhy.UNDER_SERVED))
    assert under_served_first({}, 50, {}, 3) == []


def test_what_was_not_read_decides_nothing() -> None:
    lists = {"a": [waits(1, "PO-50"), waits(2, "PO-50")], "b": [waits(3, "PO-51")]}
    served = {"PO-51": Served(9, 9)}
    assert names(lists, served, 3, read=2) == ["n001", "n002"], "there may be another of the first list"
    assert names(lists, served, 3, read=3) == ["n001", "n002", "n003"]


@pytest.mark.parametrize(("lists", "most", "read"), [(0, 5, 5), (1, 50, 50), (77, 50, 12), (2_000, 50, 1), (2, 50, 50)])
def test_how_much_is_read_is_bounded(lists: int, most: int, read: int) -> None:
    assert share_of_lists(lists, most) == read


@given(
    crowd=st.lists(st.sampled_from(UNITS), max_size=12),
    served=st.dictionaries(
        st.sampled_from(("PO-50", "PO-51", "PO-95")), st.builds(Served, st.integers(0, 4), st.integers(0, 4))
    ),
    most=st.integers(1, 8),
    read=st.integers(1, 4),
)
def test_every_choice_is_the_smallest_share_of_those_who_are_first(
    crowd: list[str], served: dict[str, Served], most: int, read: int
) -> None:
    whole: Lists = {}
    for number, where in enumerate(crowd):
        whole.setdefault(f"run:PROV_HR:{where}", []).append(waits(number, where))
    lists = {key: rows[:read] for key, rows in whole.items()}
    chosen = under_served_first(lists, read, served, most)
    had = {office: Counter(confirmed=one.confirmed, seats=one.seats) for office, one in served.items()}

    def share(one: Nomination) -> Fraction:
        counts = had.setdefault(root_unit(one.place.unit), Counter())
        return Fraction(counts["confirmed"], counts["seats"] or 1)

    for one, because in chosen:
        heads = [rows[0] for rows in whole.values() if rows]
        assert one in heads, "each list keeps its order"
        assert min((share(other), other.waits_since) for other in heads) == (share(one), one.waits_since)
        assert because.served is None or because.served.share == share(one)
        had[root_unit(one.place.unit)].update(confirmed=1, seats=1)
        whole[one.bucket].remove(one)
    assert len(chosen) <= most
    assert bool(chosen) == bool(crowd), "it gets on"
    if read >= len(crowd) + 1:
        assert len(chosen) == min(most, len(crowd))


@given(
    crowd=st.lists(st.sampled_from(UNITS[:3]), min_size=1, max_size=9),
    served=st.dictionaries(st.sampled_from(UNITS[:3]), st.builds(Served, st.integers(0, 4), st.integers(0, 4))),
)
def test_offers_go_as_seats_that_are_released(crowd: list[str], served: dict[str, Served]) -> None:
    """One rule: whoever was nominated in the order of the wait comes in the same order, to the last."""
    lists: Lists = {}
    for number, where in enumerate(crowd):
        lists.setdefault(f"run:PROV_HR:{where}", []).append(waits(number, where))
    pool = unit("PO", len(crowd), free=len(crowd))
    buckets = [unit(key.rpartition(":")[2], 0, waiting=len(rows)) for key, rows in sorted(lists.items())]
    rule = ReleaseRule.UNDER_SERVED_FIRST
    page = release_page(Progress(pool.id, "run", "PROV_HR", "PO", rule, served=served), [pool, *buckets], lists)
    offered = under_served_first(lists, 50, served, len(crowd))
    assert [one.nomination for one in page.moved] == [one.id for one, _ in offered]
    if len(lists) > 1:
        assert [one.served for one in page.moved] == [because.served for _, because in offered]


@pytest.mark.parametrize("why", OfferWhy)
@pytest.mark.parametrize("served", [None, Served(3, 7)])
def test_a_reason_is_stored(why: OfferWhy, served: Served | None) -> None:
    assert reason_of(reason_document(OfferReason(why, served))) == OfferReason(why, served)


def test_orders_by_time_say_so() -> None:
    for order, why in ((PoolOrder.WAITING, OfferWhy.WAITED_LONGEST), (PoolOrder.PRIMARY_FIRST, OfferWhy.PRIMARY_FIRST)):
        assert [because for _, because in by_waiting(order, [waits(1, "PO-50")])] == [OfferReason(why)]
