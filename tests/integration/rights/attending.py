"""The first day of the large run: somebody is late, somebody excused, one missing, and one record is corrected."""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.rights.world import HR, OPERATOR, RUN, World
from tests.support.waiting import until

DAY: Final = "2027-03-01"
SESSION: Final = {"session": "1"}


async def attending(world: World) -> None:
    run: dict[str, Any] = {"run": world.made["large-run"]}
    page = await world.done("GET", f"{RUN}/nominations", HR, params={"limit": 500}, **run)
    mine = {row["person"]: row["id"] for row in page["items"]}
    of = {name: mine[id] for name, id in world.people.items() if id in mine}
    world.attendees = {name: of[name] for name in ("anan", "busaba", "yai", "dam")}
    for name, nomination in of.items():
        world.owners[nomination] = world.person(name)
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": f"{DAY}T11:00:00+07:00"}, **run)
    rows = [
        {"nomination": of["anan"], "presence": "PRESENT"},
        {"nomination": of["busaba"], "at": f"{DAY}T10:00:00+07:00"},
        {"nomination": of["yai"], "presence": "EXCUSED"},
        {"nomination": of["dam"]},
        {"nomination": "nobody"},
    ]
    await world.done("POST", f"{RUN}/check-ins", HR, json={"session": 1, "rows": rows}, **run)
    await _come(world)
    await _corrected(world)
    await world.done("PUT", f"{RUN}/clock", OPERATOR, json={"businessNow": f"{DAY}T16:00:00+07:00"}, **run)
    for limit in (1, 500):  # before everybody has something
        await world.done("GET", f"{RUN}/sessions/{{session}}/missing", HR, params={"limit": limit}, **run, **SESSION)
    await world.done("POST", f"{RUN}/sessions/{{session}}/close", HR, json={}, **run, **SESSION)

    async def closed() -> bool:
        path = f"{RUN}/sessions/{{session}}"
        return not (await world.done("GET", path, HR, **run, **SESSION))["closing"]

    await until(closed, every=0.2, what="the session is closed")


async def _come(world: World) -> None:
    """By the code of the room."""
    run: dict[str, Any] = {"run": world.made["large-run"]}
    shown = await world.done("GET", f"{RUN}/sessions/{{session}}/room-code", HR, **run, **SESSION)
    come: dict[str, Any] = {"json": {"code": shown["code"]}, "of": world.person("dam")}
    await world.done("POST", f"{RUN}/check-ins/room", world.learner("dam"), **come, **run)


async def _corrected(world: World) -> None:
    """There and back, so that what was before is told."""
    run: dict[str, Any] = {"run": world.made["large-run"]}
    for name in ("anan", "yai"):
        path, sent = f"{RUN}/sessions/{{session}}/attendance/{{nomination}}", {"reason": "ลงชื่อแทนกัน"}
        told: dict[str, Any] = {"nomination": world.attendees[name], "of": world.person(name), **run, **SESSION}
        for presence in ("ABSENT", "PRESENT"):
            await world.done("POST", path, HR, json={"presence": presence, **sent}, **told)


def of_attendance(world: World) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Routes with what stands in their braces, and their queries."""
    run = {"run": world.made["large-run"]}
    yield f"{RUN}/sessions", run, {}
    for path in ("", "/missing"):
        yield f"{RUN}/sessions/{{session}}{path}", run | SESSION, {}
    for path in ("room-code", "room-code/qr"):
        yield f"{RUN}/sessions/{{session}}/{path}", run | SESSION, {}
    yield f"{RUN}/attendance-key", run, {}
    for limit in (1, 500):
        yield f"{RUN}/attendance", run, {"limit": limit}
    for nomination in world.attendees.values():
        told = run | {"nomination": nomination}
        yield f"{RUN}/attendance/{{nomination}}", told, {}
        for path in ("", "/qr"):
            yield f"{RUN}/passes/{{nomination}}{path}", told, {}
        for limit in (1, 500):
            yield f"{RUN}/attendance/{{nomination}}/changes", told, {"limit": limit}
