"""Generations over releases: what parks more does not answer, what is handled anew is folded from the beginning, and
two releases never take turns."""

from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn

import pytest

from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.handlers import HANDLERS
from services.reporting.projecting.projector import FOLD
from shared.events.directory import UnitRegistered
from shared.messaging.generations import Fold
from shared.mongo import Database
from shared.rights import Role
from tests.integration.reporting.conftest import Log, Service, Start, canonical
from tests.support.waiting import until
from tests.unit.reporting.histories import CHIANG_MAI, YALA, History

QUESTION = "coverage?fiscalYear=2563"
Release = Callable[[], AbstractContextManager[None]]


async def publish(log: Log, service: Service) -> bytes:
    """Seats of two offices, and what one of them is called; the answer to QUESTION."""
    after = await log.publish([History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI), History.of(YALA, 1)])
    after.append(await log.office("50", "NU1", "N", "เชียงใหม่"))
    return canonical(await service.get(QUESTION, after=after))


async def progress(service: Service) -> dict[str, Any]:
    return await service.get("rebuild", Role.OPERATOR)


async def answering(service: Service, generation: int) -> bool:
    state = await progress(service)
    return bool(state["active"]["generation"] == generation and state["next"] is None)


async def blocked(service: Service) -> bool:
    state = await progress(service)
    return bool(state["next"] and state["next"]["blocked"])


async def is_ready(service: Service) -> bool:
    return not await not_ready(service)


async def not_ready(service: Service) -> bool:
    return (await service.http.get("/readyz")).status_code == 503


def cannot_be(*_: Any) -> NoReturn:
    raise Impossible("a defect of this release")


async def test_a_rebuild_that_parks_more_does_not_answer(
    log: Log, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is given up without a trace; the next one, with mended code, answers."""
    before = await publish(log, service)
    with monkeypatch.context() as defect:
        defect.setattr("services.reporting.projecting.handlers.fold_unit", cannot_be)
        await service.post("rebuild", Role.OPERATOR, status=202)
        await until(lambda: blocked(service))
        state = await progress(service)
        assert state["active"]["generation"] == 1
        assert "PO-50:1" in state["next"]["blocked"]
        assert not await not_ready(service)
        assert canonical(await service.get(QUESTION)) == before
        given_up = await service.delete("rebuild", Role.OPERATOR, status=200)
        assert (given_up["active"]["generation"], given_up["next"]) == (1, None)
    await until(lambda: nothing_retired(service))
    await service.post("rebuild", Role.OPERATOR, status=202)
    await until(lambda: answering(service, 3))
    assert canonical(await service.get(QUESTION)) == before


async def nothing_retired(service: Service) -> bool:
    return not (await progress(service))["retired"]


async def test_what_waits_in_both_keeps_nobody_from_answering(log: Log, service: Service) -> None:
    await publish(log, service)
    unopened = History.of(YALA, 2, run="r9").nominate("x", YALA)
    await log.append(unopened.events[-1])
    await log.append(unopened.events[-1])
    after = await log.office("95", "SB", "SB", "ยะลา")
    await service.get("runs", after=after)
    await service.post("rebuild", Role.OPERATOR, status=202)
    await until(lambda: answering(service, 2))


@pytest.fixture
def older_release(monkeypatch: pytest.MonkeyPatch) -> Release:
    """Services made within handle no units yet."""

    @contextmanager
    def made() -> Any:
        handled = {event: handler for event, handler in HANDLERS.items() if event is not UnitRegistered}
        with monkeypatch.context() as past:
            past.setattr("services.reporting.projecting.projector.HANDLERS", handled)
            past.setattr("services.reporting.projecting.projector.FOLD", Fold.of(FOLD.version, handled))
            yield

    return made


async def test_a_handler_of_a_later_release_sees_the_past(
    log: Log, start_service: Start, older_release: Release, store: Database
) -> None:
    """While the older replica still runs: it answers until then, fills nothing that is not its own, begins nothing."""
    with older_release():
        starting = start_service()
        older = await starting.__aenter__()
    try:
        await log.office("50", "NU1", "N", "เชียงใหม่")
        after = await log.publish([History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI), History.of(YALA, 1)])
        await older.get(QUESTION, after=after)
        assert named(await older.get(QUESTION)) == {"50": None, "95": None}
        async with start_service(ready=False) as newer:
            await until(lambda: answering(newer, 2))
            await until(lambda: is_ready(newer))
            assert named(await newer.get(QUESTION))["50"] == "เชียงใหม่"
            await until(lambda: not_ready(older))
            await until(lambda: nothing_retired(newer))
            pointer = await store["generations"].find_one({})
            assert pointer is not None
            assert (pointer["active"], pointer["highest"], pointer["next"]) == (2, 2, None)
            assert UnitRegistered.type in pointer["fold"]["types"]
    finally:
        await starting.__aexit__(None, None, None)


def named(answer: dict[str, Any]) -> dict[str, Any]:
    return {row["key"]: row["nameTh"] for row in answer["rows"]}


async def test_after_a_downgrade_nothing_is_read_that_nobody_here_knows(
    log: Log, start_service: Start, store: Database
) -> None:
    """No rebuild begins by itself then: an operator asks for it."""
    async with start_service() as service:
        before = await publish(log, service)
    await store["generations"].update_one({}, {"$set": {"fold.version": FOLD.version + 1}})
    async with start_service(ready=False) as service:
        await until(lambda: known(service))
        assert await not_ready(service)
        refused = await service.http.get(f"/api/reporting/{QUESTION}", headers=service.issuer.bearer(Role.HR_OFFICER))
        assert refused.status_code == 503
        assert (await progress(service))["next"] is None
        await service.post("rebuild", Role.OPERATOR, status=202)
        await until(lambda: answering(service, 2))
        await until(lambda: is_ready(service))
        assert canonical(await service.get(QUESTION)) == before


async def known(service: Service) -> bool:
    return "of another release" in (await service.http.get("/readyz")).text
