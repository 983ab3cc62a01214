"""Who hears of development plans: the office that something waits, once; its person of what was decided."""

from typing import Any

import pytest

from services.notification.domain import Addressee, Kind
from services.notification.reacting import ReactionBatch
from shared.events.plans import PlanAgreed, PlanFact, PlanReopened, PlanReopenedBecause, PlanSubmitted
from tests.unit.notification.builders import CHIANG_MAI, NOW, enveloped
from tests.unit.notification.test_handlers import notified, reacted


def fact(kind: type[PlanFact], plan: str = "plan-1", person: str = "anan", **more: Any) -> PlanFact:
    of = {"plan": plan, "person": person, "place": CHIANG_MAI, "fiscal_year": 2570, "actor": "x", "rows": 2}
    return kind.model_validate(of | {"rows_done": 0} | more)


def test_what_is_submitted_together_is_told_once_and_without_names() -> None:
    facts = [fact(PlanSubmitted, plan, plan) for plan in ("a", "b")]
    batch = reacted(*(enveloped(one, one.plan) for one in facts))
    assert notified(batch) == [(Kind.PLANS_SUBMITTED, "PO-50")]
    (told,) = batch.messages.values()
    assert (told.addressee, told.run, told.causation) == (Addressee.UNIT, "", "a:1")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (fact(PlanAgreed), Kind.PLAN_AGREED),
        (fact(PlanReopened, because=PlanReopenedBecause.RETURNED), Kind.PLAN_RETURNED),
    ],
)
def test_its_person_hears_what_was_decided(event: PlanFact, kind: Kind) -> None:
    batch = reacted(enveloped(event, "plan-1"))
    assert notified(batch) == [(kind, "anan")]
    (told,) = batch.messages.values()
    assert (told.addressee, told.unit, told.run, told.reason) == (Addressee.PERSON, "PO-50", "", "plan-1:1")


@pytest.mark.parametrize("because", ["RECALLED", "REVISED", "of a later release"])
def test_nobody_hears_of_what_the_person_does(because: str) -> None:
    assert notified(reacted(enveloped(fact(PlanReopened, because=because), "plan-1"))) == []


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    for event in (fact(PlanSubmitted), fact(PlanAgreed)):
        assert notified(reacted(enveloped(event, "plan-1"), batch=ReactionBatch(NOW, silent=True))) == []
