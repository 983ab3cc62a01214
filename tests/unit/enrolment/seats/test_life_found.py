"""Faults that drawn lives of seats have found, each as the shortest life that shows it."""

from typing import Any

from services.enrolment.catalogue import FromPool, NotTaken, PoolOrder, ReleaseRule, WaitingLists
from services.enrolment.seats.domain.transitions import Action
from shared.events.directory import InPost
from shared.events.seats import Rank
from tests.unit.enrolment.seats.test_life_drawn import Life

OFFERS = WaitingLists(FromPool.OFFER, PoolOrder.WAITING, 24, on_decline=NotTaken.WAITLISTED_LAST)
HERE, BESIDE = (0, True), (1, False)
LATER = 10  # days


def life(*seats: int, **more: Any) -> Life:
    """`seats` of PO-50, PO-51 and the pool, in run a and in run b."""
    one = Life()
    told: dict[str, Any] = {"route": False, "lists": OFFERS, "released": None, "by": ReleaseRule.WAITING_ORDER}
    one.begin(seats=[*seats], **told | more)
    return one


def nominated(one: Life, *people: str, run: str = "a") -> list[str]:
    before = one.made
    one.nominate(crowd=[(who, Rank.PRIMARY) for who in people], run=run, replica=HERE)
    return [f"n{number:04}" for number in range(before + 1, one.made + 1)]


def states(one: Life, *ids: str) -> list[str]:
    """At rest, and as the model says."""
    one.come_to_rest(replica=HERE)
    one.the_model_agrees()
    one.teardown()
    return [one.model.state(id) for id in ids]


def test_who_comes_to_wait_beside_a_free_seat_by_a_merge_has_it() -> None:
    one = life(1, 0, 0, 1, 0, 0)
    first, second = nominated(one, "a0", "a1")
    one.merge(run="a", into="b", replica=HERE, sure=True)
    for _ in range(20):
        one.loop(round=("carry",), replica=HERE)
    (third,) = nominated(one, "a2", run="b")
    assert states(one, first, second, third) == ["CONFIRMED", "CONFIRMED", "WAITLISTED"]


def test_who_waits_when_a_run_that_had_begun_is_moved_has_the_free_seat_before_who_comes() -> None:
    one = life(1, 0, 0, 0, 0, 0)
    first, second = nominated(one, "a0", "a1")
    one.it_begins(run="a")
    one.decided(first, Action.WITHDRAW)
    assert one.model.state(second) == "WAITLISTED", "nobody moves up any more"
    one.step(what="reschedule", days=LATER, run="a", replica=HERE, sure=1)
    (third,) = nominated(one, "a2")
    assert states(one, first, second, third) == ["WITHDRAWN", "CONFIRMED", "WAITLISTED"]


def test_who_waits_for_a_seat_of_the_pool_is_offered_one_when_a_run_that_had_begun_is_moved() -> None:
    one = life(0, 0, 1, 0, 0, 0)
    (first,) = nominated(one, "a0")
    one.it_begins(run="a")
    one.offers(replica=HERE)
    one.step(what="reschedule", days=LATER, run="a", replica=HERE, sure=1)
    assert states(one, first) == ["OFFERED"]


def test_nobody_is_offered_a_seat_of_a_run_whose_people_begin_to_leave() -> None:
    """The other replica has looked before."""
    one = life(0, 0, 1, 0, 0, 0)
    (first,) = nominated(one, "a0")
    one.replicas[1].refresh()
    one.merge(run="a", into="b", replica=HERE, sure=True)
    one.loop(round=("give",), replica=BESIDE)
    assert one.model.state(first) == "WAITLISTED"
    assert states(one, first) == ["OFFERED"], "in the run that both became"


def test_a_seat_of_the_pool_that_was_accepted_goes_with_its_person_and_is_of_the_office_from_then_on() -> None:
    one = life(1, 0, 1, 0, 0, 0)
    first, second = nominated(one, "a0", "a1")
    one.offers(replica=HERE)
    one.decided(second, Action.ACCEPT)
    one.split(division=("LIST", ""), run="a", replica=HERE, chosen=[1], sure=True)
    assert states(one, first, second) == ["CONFIRMED", "CONFIRMED"]
    here, there = one.model.runs["a"].desks, one.model.runs["c"].desks
    assert [(desk.seats, desk.lent) for desk in (here["PO-50"], here["PO"], there["PO-50"])] == [(1, 0), (0, 0), (1, 0)]
    one.decided(second, Action.WITHDRAW)
    assert states(one, first) == ["CONFIRMED"]
    assert (there["PO-50"].free, there["PO-50"].back) == (1, 0), "there is no pool that it might go back to"


def test_a_run_in_which_somebody_is_still_asked_is_neither_split_nor_merged() -> None:
    one = life(0, 0, 1, 0, 0, 1)
    (first,) = nominated(one, "a0")
    one.offers(replica=HERE)
    one.split(division=("ALTERNATE", ""), run="a", replica=HERE, chosen=[0], sure=True)
    one.merge(run="b", into="a", replica=HERE, sure=True)
    assert one.model.state(first) == "OFFERED"
    assert [*one.model.runs] == ["a", "b"]
    assert not one.model.runs["b"].moving


def test_who_has_left_for_another_run_is_overtaken_by_nobody_in_the_eyes_of_the_audit() -> None:
    one = life(0, 0, 1, 0, 0, 0)
    first, second = nominated(one, "a0", "a1")
    one.split(division=("LIST", ""), run="a", replica=HERE, chosen=[0], sure=True)
    assert states(one, first, second) == ["WAITLISTED", "OFFERED"]


def test_who_was_invited_stands_already_also_where_a_merge_has_brought_the_predecessor() -> None:
    one = life(1, 0, 0, 1, 0, 0)
    first = one.made + 1
    one.invite(run="a", unit="PO-50", change=None, replica=HERE)
    one.post_changes(change=("PO-50", InPost.ACTING, 1, None))
    one.invite(run="b", unit="PO-50", change=None, replica=HERE)
    one.merge(run="a", into="b", replica=HERE, sure=True)
    assert states(one, f"n{first:04}", f"n{first + 1:04}") == ["CONFIRMED", "CONFIRMED"]
    one.invite(run="b", unit="PO-50", change=None, replica=HERE)
    one.succeed(run="b", replica=HERE, hands_over=True)


def test_a_successor_takes_over_and_a_post_that_changes_meanwhile_brings_nobody_else() -> None:
    one = life(1, 1, 0, 0, 0, 0)
    one.invite(run="a", unit="PO-50", change=None, replica=HERE)  # who acts, and belongs to another office
    one.post_changes(change=("PO-50", InPost.ACTING, 2, None))
    one.succeed(run="a", replica=HERE, hands_over=True)  # the holder
    one.post_changes(change=("PO-50", InPost.HOLDER, 2, None))
    one.succeed(run="a", replica=HERE, hands_over=True)  # nobody
    one.invite(run="a", unit="PO-51", change=("PO-51", InPost.HOLDER, 1, None), replica=HERE)
    one.invite(run="a", unit="PO-51", change=None, replica=HERE)
    assert states(one, "n0001", "n0002", "n0004") == ["WITHDRAWN", "CONFIRMED", "CONFIRMED"]
    assert one.model.cards.keys() == {"n0001", "n0002", "n0004"}, "the third was not in the post any more"
