"""The audit of groups and ideas: a true history has no fault, and each planted one is found."""

from collections.abc import Sequence

import pytest

from pattana.audit.workshops import WorkshopFold, report_differences, stored_differences
from shared.events import workshops as events
from shared.events.seats import Place
from shared.events.workshops import GroupMember, IdeaResult, WorkshopFact

OF_RUN = {"programme": "p", "run": "r", "fiscal_year": 2567}
PLACE = Place(unit="PERS", province=None, group=None, region="CENTRAL")


def member(number: int, group: int, before: int | None = None, person: str | None = None) -> GroupMember:
    who = {"nomination": f"n{number}", "person": person or f"p{number}", "target": "t", "bucket_unit": "OPS"}
    return GroupMember(**who, place=PLACE, group=group, before=before)


def placed(sizes: tuple[int, ...], *members: GroupMember, by: str = "RULE", last: bool = False) -> WorkshopFact:
    return events.GroupMembersPlaced(**OF_RUN, sizes=sizes, by=by, members=members, last=last)


def left(sizes: tuple[int, ...], *members: GroupMember) -> WorkshopFact:
    return events.GroupMembersLeft(**OF_RUN, sizes=sizes, because="SEAT_LOST", members=members)


def idea(kind: type[events.IdeaFact], name: str = "i1", **more: object) -> WorkshopFact:
    return kind(**OF_RUN, idea=name, group=1, **more)


def closed(*results: tuple[str, int, float, bool]) -> WorkshopFact:
    rows = [
        IdeaResult(idea=name, group=1, rank=rank, points=points, judges=1, tied=tied)
        for name, rank, points, tied in results
    ]
    return events.ScoringClosed(**OF_RUN, results=tuple(rows))


MADE = events.GroupsMade(**OF_RUN, sizes=(0, 0))
DEALT = (MADE, placed((1, 1), member(1, 1), member(2, 2), last=True))
SUBMITTED = idea(events.IdeaSubmitted, indicators=1)
WON = idea(events.IdeaAwarded, award=1, members=(member(1, 1),))
ADOPTED = idea(events.IdeaAdopted, unit="PO-50", since="2024-06-01")
TRUE = (
    *DEALT,
    MADE,
    placed((1, 1), member(1, 2, before=1), member(2, 1, before=2), last=True),
    placed((1, 1), member(1, 1, before=2), member(2, 2, before=1), by="EXCHANGE"),
    left((1, 0), member(2, 2)),
    placed((1, 1), member(3, 2, person="p2"), by="SEAT"),  # the same person with another nomination
    events.GroupsLocked(**OF_RUN, sizes=(1, 1)),
    SUBMITTED,
    idea(events.IdeaReopened),
    SUBMITTED,
    idea(events.IdeaSubmitted, "i2", indicators=1),
    closed(("i1", 1, 9.0, True), ("i2", 1, 9.0, True)),
    WON,
    ADOPTED,
    idea(events.IdeaMeasured, unit="PO-50", indicator=1, on="2024-07-01"),
)


def folded(facts: Sequence[WorkshopFact]) -> WorkshopFold:
    fold = WorkshopFold()
    for seq, fact in enumerate(facts, start=1):
        fold.apply(seq, fact)
    return fold


def test_a_true_history_has_no_fault() -> None:
    fold = folded(TRUE)
    assert fold.problems == []
    counts = {"sizes": (1, 1), "ideas": 2, "with_indicator": 2, "awards": 1, "adoptions": 1}
    assert (fold.counts(), fold.locked) == (counts, True)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ((MADE, placed((2, 0), member(1, 1), member(2, 1), last=True)), "ends a deal with sizes of 0 to 2"),
        ((*DEALT, placed((2, 0), member(2, 1), by="HAND")), "in which group it was"),
        ((*DEALT, placed((2, 1), member(3, 1, person="p2"), by="SEAT")), "into a second group"),
        ((*DEALT, left((0, 1), member(1, 2))), "and was not in it"),
        ((*DEALT, left((1, 1), member(1, 1))), "says that groups have (1, 1)"),
        ((*DEALT, SUBMITTED, SUBMITTED), "IdeaSubmitted of an idea that is SUBMITTED"),
        ((*DEALT, WON), "IdeaAwarded of an idea that is DRAFT"),
        ((*DEALT, SUBMITTED, WON, WON), "IdeaAwarded of an idea that is AWARDED"),
        ((*DEALT, SUBMITTED, idea(events.IdeaAwarded, award=1, members=())), "does not name the people of group 1"),
        ((*DEALT, SUBMITTED, closed(("i1", 2, 1.0, False))), "leaves a rank out"),
        ((*DEALT, SUBMITTED, closed(("i1", 1, 1.0, True))), "does not show who is tied"),
    ],
)
def test_each_fault_of_the_events_is_found(facts: Sequence[WorkshopFact], says: str) -> None:
    [problem] = folded(facts).problems
    assert says in problem


WORKSHOP = {"_id": "r", "seq": len(TRUE), "sizes": [1, 1], "locked": True}
MEMBERS = [{"_id": "n1", "group": 1}, {"_id": "n3", "group": 2}]
IDEAS = [
    {"_id": "i1", "state": "ADOPTED"},
    {"_id": "i2", "state": "SUBMITTED"},
    {"_id": "i3", "state": "DRAFT"},
    {"_id": "i4", "state": "WITHDRAWN"},  # a draft of which nothing was told
]


def test_what_is_stored_as_the_events_say_is_no_difference() -> None:
    assert list(stored_differences(folded(TRUE), WORKSHOP, MEMBERS, IDEAS, len(TRUE))) == []


@pytest.mark.parametrize(
    ("workshop", "members", "ideas", "says"),
    [
        ({"seq": 3}, MEMBERS, IDEAS, "stands at event 3"),
        ({"sizes": [2, 0]}, MEMBERS, IDEAS, "has groups of [2, 0]"),
        ({"locked": False}, MEMBERS, IDEAS, "has groups of"),
        ({}, MEMBERS[:1], IDEAS, "n3 is in group None, its events say 2"),
        ({}, [*MEMBERS, {"_id": "n9", "group": 1}], IDEAS, "n9 is in group 1, its events say None"),
        ({}, MEMBERS, IDEAS[1:], "idea i1 is None, its events say ADOPTED"),
        ({}, MEMBERS, [*IDEAS, {"_id": "i9", "state": "AWARDED"}], "idea i9 is AWARDED, its events say DRAFT"),
    ],
)
def test_each_difference_of_what_is_stored_is_found(
    workshop: dict[str, object], members: list[dict[str, object]], ideas: list[dict[str, object]], says: str
) -> None:
    [difference] = stored_differences(folded(TRUE), {**WORKSHOP, **workshop}, members, ideas, len(TRUE))
    assert says in difference


def test_each_difference_of_the_report_is_found() -> None:
    fold = folded(TRUE)
    document = {"sizes": [1, 1], "ideas": 2, "with_indicator": 2, "awards": 1, "adoptions": 1}
    assert list(report_differences("r", fold, document)) == []
    assert list(report_differences("r", WorkshopFold(), None)) == []
    for name in document:
        wrong = [1, 2] if name == "sizes" else 7
        assert len(list(report_differences("r", fold, {**document, name: wrong}))) == 1
    assert len(list(report_differences("r", fold, None))) == 1
