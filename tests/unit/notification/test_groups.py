"""Whoever comes into a group, or into another one, is told, and so are those whose idea has won."""

from services.notification.domain import Kind
from services.notification.reacting import ReactionBatch
from shared.events.workshops import GroupMember, GroupMembersLeft, GroupMembersPlaced, IdeaAwarded
from tests.unit.notification.builders import CHIANG_MAI, NOW, enveloped
from tests.unit.notification.test_handlers import notified, reacted

OF_RUN = {"programme": "p", "run": "run-1", "fiscal_year": 2567}
AGGREGATE = "workshop:run-1"


def member(number: int, group: int, before: int | None = None) -> GroupMember:
    who = {"nomination": f"n{number}", "person": f"person-{number}", "target": "t", "bucket_unit": "PO-50"}
    return GroupMember(**who, place=CHIANG_MAI, group=group, before=before)


def placed(*members: GroupMember) -> GroupMembersPlaced:
    return GroupMembersPlaced(**OF_RUN, sizes=(1, 1), by="RULE", members=members)


def test_who_comes_into_a_group_or_another_one_is_told() -> None:
    batch = reacted(enveloped(placed(member(1, 1), member(2, 2, before=1), member(3, 2, before=2)), AGGREGATE))
    assert sorted(notified(batch)) == [(Kind.GROUP_PLACED, "person-1"), (Kind.GROUP_PLACED, "person-2")]


def test_who_leaves_has_heard_of_the_seat() -> None:
    left = GroupMembersLeft(**OF_RUN, sizes=(0, 1), because="SEAT_LOST", members=(member(1, 1),))
    assert notified(reacted(enveloped(left, AGGREGATE))) == []


def test_the_group_of_an_awarded_idea_is_told() -> None:
    won = IdeaAwarded(**OF_RUN, idea="i", group=1, award=1, members=(member(1, 1), member(2, 1)))
    batch = reacted(enveloped(won, AGGREGATE))
    assert sorted(notified(batch)) == [(Kind.IDEA_AWARDED, "person-1"), (Kind.IDEA_AWARDED, "person-2")]


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = ReactionBatch(NOW, silent=True)
    assert notified(reacted(enveloped(placed(member(1, 1)), AGGREGATE), batch=batch)) == []
