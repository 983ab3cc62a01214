"""What the audit makes of who is asked to answer forms, and of the messages that this asks for."""

from typing import Any

import pytest

from pattana.audit.asked import FOLLOWED, messages_for
from pattana.audit.asking import AskingFold, stored_differences
from pattana.audit.effects import BY_CAUSE
from services.notification.domain import Kind
from services.notification.reacting import ReactionBatch
from shared.events.evaluation import AnswersAsked, AskedPerson
from tests.unit.notification.builders import NOW, enveloped
from tests.unit.notification.test_handlers import reacted


def asked(*people: str, forms: tuple[str, ...] = ("POST", "REACTION"), **changes: Any) -> AnswersAsked:
    whom = [AskedPerson(nomination=f"n-{person}", person=person, unit="PO-50") for person in people]
    fields: dict[str, Any] = {"programme": "p", "run": "r", "forms": forms, "closes_at": NOW, "people": whom}
    return AnswersAsked.model_validate({**fields, **changes})


def problems(*events: AnswersAsked) -> list[str]:
    fold = AskingFold()
    for seq, event in enumerate(events, start=1):
        fold.apply(seq, event)
    assert fold.seq == len(events)
    assert fold.copy().problems == []
    return fold.problems


def test_once_and_once_more_is_as_it_should_be() -> None:
    offices = asked(forms=("TRANSFER",), offices=("PO-50",))
    assert problems(asked("a", "b"), asked("c", forms=("POST",)), asked("a", again=True), offices, offices) == []


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (asked("a", forms=("POST",)), ["event asking:r:2 asks a twice for POST"]),
        (asked("b"), []),
        (asked("a", forms=("PRE",)), []),
    ],
)
def test_twice_is_a_fault(second: AnswersAsked, said: list[str]) -> None:
    assert problems(asked("a"), second) == said
    more = asked("a", again=True)
    assert len(problems(more, more)) == 2


@pytest.mark.parametrize(
    ("document", "folded", "least", "said"),
    [
        ({"seq": 3}, 3, 3, None),
        ({"seq": 3}, 3, 2, None),  # read after the ledger was
        ({"seq": 2}, 2, 3, "stands at event 2, its outbox reaches to 3"),
        ({"seq": 3}, 2, 2, "stands at event 3, its outbox reaches to 2"),
        (None, 0, 2, "has events and is not stored"),
    ],
)
def test_what_is_stored(document: dict[str, int] | None, folded: int, least: int, said: str | None) -> None:
    assert stored_differences("r", document, folded, least) == ([f"asking of run r {said}"] if said else [])


@pytest.mark.parametrize("again", [True, False])
def test_the_messages_that_are_owed_are_those_that_notification_makes(again: bool) -> None:
    events = [asked("a", "b", again=again), asked(forms=("TRANSFER",), again=again, offices=("PO-50", "PERS"))]
    envelopes = [enveloped(event, event.aggregate, seq) for seq, event in enumerate(events, start=1)]
    made = reacted(*envelopes, batch=ReactionBatch(NOW)).messages
    owed = {key for one in envelopes if one.event for key, _ in messages_for(one.subject, one.sequence, one.event)}
    assert owed == set(made)
    assert {Kind.ANSWERS_ASKED, Kind.ANSWERS_REMINDED} <= FOLLOWED & BY_CAUSE
    assert {message.causation for message in made.values()} == {one.id for one in envelopes}
