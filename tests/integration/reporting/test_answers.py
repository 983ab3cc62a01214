"""Events in the log, answers over HTTP: scenario A, coverage, who sees what, and waiting for one's own writes."""


from tests.integration.reporting.conftest import Log, Service
from tests.unit.reporting.histories import CHIANG_MAI, History


async def test_a_run_is_reported_as_soon_as_its_events_are_there(log: Log, service: Service) -> None:
    history = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)
    (position,) = await log.tell([history])
    answer = await service.get("runs/r1", after=position)
    assert (answer["seats"], answer["nominations"], answer["confirmed"], answer["waitlistRemaining"]) == (1, 2, 1, 1)
    assert answer["title"] is None
    await service.get("runs/r1", after=await log.plan_run(capacity=5))
    answer = await service.get("runs/r1")
    assert (answer["capacity"], answer["target"], answer["state"]) == (5, 5, "OPEN")
    assert answer["asOf"]["event"] is not None
