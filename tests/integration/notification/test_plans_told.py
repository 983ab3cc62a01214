"""A message that is about no run is composed, sent, read and reported like any other."""

from services.notification.domain import Kind, State
from shared.events.plans import PlanAgreed, PlanSubmitted
from tests.integration.notification.conftest import StartReplica, contact
from tests.integration.notification.test_delivery import address, registered
from tests.unit.notification.builders import enveloped
from tests.unit.notification.test_plans_told import fact


async def test_what_is_of_no_run_is_sent(start_replica: StartReplica) -> None:
    replica = await start_replica()
    await replica.consume(enveloped(registered("PO-50", mailed=False), "PO-50"), contact("anan", address(1)))
    await replica.consume(enveloped(fact(PlanSubmitted), "plan-1", 1), enveloped(fact(PlanAgreed), "plan-1", 2))
    replica.later(minutes=5)
    await replica.sweep()
    told = {message.kind: message for message in await replica.messages()}
    assert {kind: (one.state, one.run) for kind, one in told.items()} == {
        Kind.PLAN_AGREED: (State.SENT, ""),
        Kind.PLANS_SUBMITTED: (State.SENT, ""),
    }
    assert told[Kind.PLAN_AGREED].snapshot is not None
    bodies = [row["body"] for row in await replica.published()]
    assert len(bodies) == 2
    assert all('"run":null' in body for body in bodies)
