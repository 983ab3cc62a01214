"""Rebuilds: the same answers, given all the while, over crashes and with replicas; discards stay discarded."""

from datetime import UTC, datetime

from shared.messaging.held import DISCARDS, HELD, held_id
from shared.messaging.positions import COLLECTION as POSITIONS
from shared.mongo import Database
from shared.rights import Role
from tests.integration.reporting.conftest import Log, Service, Start, canonical
from tests.support.waiting import until
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, YALA, History

QUESTIONS = (
    "runs/r1",
    "runs",
    "programmes/p1",
    *(f"coverage?by={by}" for by in ("province", "group", "region", "unit", "run", "programme", "fiscalYear")),
)


async def answers(service: Service) -> dict[str, bytes]:
    return {question: canonical(await service.get(question)) for question in QUESTIONS}


async def publish_something(log: Log, service: Service) -> None:
    centre = History.of(PERSONNEL, 5)
    for number in range(20):
        centre.nominate(f"c{number}", PERSONNEL, needs_approval=number % 2 == 0)
    centre.withdraw("c1").approve("c2").reject("c4").change_seats(7).close()
    chiang_mai = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).substitute("a", "b")
    after = await log.publish([centre, chiang_mai, History.of(YALA, 1, run="r2").nominate("y", YALA)])
    after += [await log.plan_programme(), await log.plan_run(), await log.office("50", "NU1", "N", "เชียงใหม่")]
    await service.get("runs", after=after)


async def rebuilt(service: Service) -> bool:
    progress = await service.get("rebuild", Role.OPERATOR)
    return progress["next"] is None


async def nothing_retired(service: Service) -> bool:
    """What is retired is mentioned until all of it has been dropped."""
    progress = await service.get("rebuild", Role.OPERATOR)
    return not progress["retired"]


async def left_of(store: Database, generation: int) -> list[str]:
    """Not to be asked while anything is dropped: SecantusDB would bring it back as an empty collection."""
    collections = [name for name in await store.list_collection_names() if name.endswith(f"_g{generation}")]
    consumer = {"_id": {"$regex": f"^reporting.g{generation}[|]"}}
    return collections + [row["_id"] async for row in store[POSITIONS.name].find(consumer)]


async def test_a_rebuild_gives_the_same_answers_and_answers_all_the_while(
    log: Log, service: Service, store: Database
) -> None:
    await publish_something(log, service)
    before = await answers(service)
    begun = await service.post("rebuild", Role.OPERATOR, status=202)
    assert begun["next"]["generation"] == 2
    while not await rebuilt(service):
        assert await answers(service) == before
    assert await answers(service) == before
    progress = await service.get("rebuild", Role.OPERATOR)
    assert progress["active"]["generation"] == 2

    (after,) = await log.publish([History.of(YALA, 1).nominate("late", YALA)])
    assert (await service.get("runs/r1", after=after))["confirmedByRegion"]["SB"] == 1
    await until(lambda: nothing_retired(service))
    assert await left_of(store, 1) == []
    assert (await service.get("runs/r1"))["confirmedByRegion"]["SB"] == 1


async def test_asking_twice_is_one_rebuild(log: Log, service: Service) -> None:
    await publish_something(log, service)
    first = await service.post("rebuild", Role.OPERATOR, status=202)
    second = await service.post("rebuild", Role.OPERATOR, status=202)
    assert {second["active"]["generation"], (second["next"] or second["active"])["generation"]} <= {1, 2}
    assert first["next"]["generation"] == 2
    await until(lambda: rebuilt(service))
    assert (await service.get("rebuild", Role.OPERATOR))["active"]["generation"] == 2


async def test_events_that_arrive_meanwhile_are_not_lost(log: Log, service: Service) -> None:
    await publish_something(log, service)
    await service.post("rebuild", Role.OPERATOR, status=202)
    late = History.of(YALA, 30)
    sent = 0
    for number in range(30):
        late.nominate(f"late{number}", YALA)
        sent = await _send_rest(log, late, sent)
    await until(lambda: rebuilt(service))
    answer = await service.get("runs/r1", after=f"{late.bucket.id}:{len(late.events)}")
    assert answer["confirmedByRegion"]["SB"] == 30


async def _send_rest(log: Log, history: History, sent: int) -> int:
    await log.append(*history.events[sent:])
    return len(history.events)


async def test_a_rebuild_goes_on_after_a_crash(log: Log, start_service: Start) -> None:
    async with start_service() as service:
        await publish_something(log, service)
        before = await answers(service)
        await service.post("rebuild", Role.OPERATOR, status=202)
    async with start_service() as service:
        await until(lambda: rebuilt(service))
        assert (await service.get("rebuild", Role.OPERATOR))["active"]["generation"] == 2
        assert await answers(service) == before


async def test_two_replicas_move_together(log: Log, start_service: Start, store: Database) -> None:
    async with start_service() as first, start_service() as second:
        await publish_something(log, first)
        before = await answers(first)
        assert await answers(second) == before
        await first.post("rebuild", Role.OPERATOR, status=202)
        await until(lambda: rebuilt(second))
        await until(lambda: nothing_retired(second))
        assert await left_of(store, 1) == []
        assert await answers(first) == await answers(second) == before


async def test_what_cannot_be_true_waits_and_a_discard_outlives_a_rebuild(
    log: Log, service: Service, store: Database
) -> None:
    full = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI)
    beyond = History.of(CHIANG_MAI, 2).nominate("x", CHIANG_MAI).nominate("b", CHIANG_MAI)
    key = full.bucket.id
    await log.publish([full])
    await log.append(beyond.events[-1])  # a second seat of one
    (other,) = await log.publish([History.of(YALA, 1).nominate("y", YALA)])
    last = await log.append(full.withdraw("a").events[-1])
    answer = await service.get("runs/r1", after=other)
    assert answer["confirmed"] == 2
    await service.get("runs/r1", after=last, status=504)

    subject = ("/pattana/enrolment", key)
    await store[DISCARDS.name].insert_one(
        {"_id": f"{key}:3", "source": subject[0], "subject": key, "seq": 3, "who": "op", "reason": "test"}
        | {"at": datetime.now(UTC)}
    )
    await store[HELD.name].update_one({"_id": held_id("reporting.g1", subject, 3)}, {"$set": {"retry": True}})
    answer = await service.get("runs/r1", after=last)
    assert (answer["confirmed"], answer["withdrawn"], answer["free"]) == (1, 1, 1)

    before = canonical(answer)
    await service.post("rebuild", Role.OPERATOR, status=202)
    await until(lambda: rebuilt(service))
    assert canonical(await service.get("runs/r1", after=last)) == before
    assert await store[HELD.name].count_documents({"consumer": "reporting.g2"}) == 0
