"""The first day of the large run: somebody is late, somebody excused, one missing, and one record is corrected."""

from collections.abc import Iterator
from typing import Any, Final

from shared.rights import Role
from tests.integration.rights.world import API, HR, OPERATOR, RUN, Caller, World
from tests.support.waiting import until

ENROL: Final = f"{API}/devices/enrol"
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
    for at_the_door in (_come, _scanned, _walking_in, _imported):
        await at_the_door(world)
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


async def _scanned(world: World) -> None:
    """Three devices: one records somebody twice, one is revoked, one is only invited."""
    run: dict[str, Any] = {"run": world.made["large-run"]}
    devices = f"{RUN}/devices"
    for name in ("door", "lost", "spare"):
        told = await world.done("POST", devices, HR, json={"name": name}, **run)
        world.made[f"device-{name}"] = told["id"]
        if name != "spare":
            await world.done("POST", ENROL, HR, json={"code": told["code"]})
    for name in ("lost", "door"):
        await world.done("POST", f"{RUN}/uploads", device_of(world, name), json=_upload(world), **run)
    one: dict[str, Any] = {**run, "device": world.made["device-lost"]}
    await world.done("POST", f"{devices}/{{device}}/code", HR, json={}, **one)
    await world.done("POST", f"{devices}/{{device}}/revoke", HR, json={}, **one)


def _upload(world: World) -> dict[str, Any]:
    """One of somebody, one that is refused, one of nobody who is on a list."""
    record: dict[str, Any] = {"session": 1, "at": f"{DAY}T09:20:00+07:00"}
    dam, said = {"nomination": world.attendees["dam"]}, {"name": "สมหญิง", "office": "อบจ."}
    told: tuple[dict[str, Any], ...] = (dam, {**dam, "session": 9}, {"walkIn": said})
    records = [{**record, **one, "nonce": f"nonce-{number:04}"} for number, one in enumerate(told)]
    return {"deviceTime": f"{DAY}T10:59:00+07:00", "records": records}


async def _walking_in(world: World) -> None:
    """One is matched, one dismissed; one more was written down by a device."""
    run: dict[str, Any] = {"run": world.made["large-run"]}
    walk_ins = f"{RUN}/walk-ins"
    for name in ("anan", "nobody"):
        sent = {"session": 1, "name": name, "inPlaceOf": world.attendees["busaba"]}
        told = await world.done("POST", walk_ins, HR, json=sent, **run)
        one: dict[str, Any] = {**run, "walk_in": told["id"]}
        if name in world.attendees:
            came = {"session": 1, "at": f"{DAY}T10:50:00+07:00"}
            whose = {"nomination": world.attendees[name], "reason": "มาแทน", **came}
            await world.done("POST", f"{walk_ins}/{{walk_in}}/match", HR, json=whose, of=world.person(name), **one)
        else:
            await world.done("POST", f"{walk_ins}/{{walk_in}}/dismiss", HR, json={"reason": "ซ้ำ"}, **one)


async def _imported(world: World) -> None:
    """One row is good, one is not, one is a footer."""
    sheet = f"nomination,note\n{world.attendees['busaba']},x\nnobody,y\n,z\nรวม 2 คน\n"
    query = {"run": world.made["large-run"], "session": 1}
    options: dict[str, Any] = {"params": query, "content": sheet.encode(), "headers": {"content-type": "text/csv"}}
    await world.done("POST", f"{API}/imports/check-ins", HR, **options)


def device_of(world: World, name: str = "door") -> Caller:
    return Caller(Role.DEVICE, None, world.made[f"device-{name}"])


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
    yield from _of_doors(run)
    yield f"{RUN}/attendance-key", run, {}
    for limit in (1, 500):
        yield f"{RUN}/attendance", run, {"limit": limit}
    for nomination in world.attendees.values():
        told = run | {"nomination": nomination}
        yield f"{RUN}/attendance/{{nomination}}", told, {}
        for path in ("passes/{nomination}", "passes/{nomination}/qr"):
            yield f"{RUN}/{path}", told, {}
        for limit in (1, 500):
            for path in ("changes", "scans"):
                yield f"{RUN}/attendance/{{nomination}}/{path}", told, {"limit": limit}


def _of_doors(run: dict[str, str]) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    for path in ("room-code", "room-code/qr"):
        yield f"{RUN}/sessions/{{session}}/{path}", run | SESSION, {}
    for limit in (1, 500):
        yield f"{RUN}/devices", run, {"limit": limit}
        yield f"{RUN}/device-list", run, {"limit": limit}
        yield f"{RUN}/walk-ins", run, {"limit": limit}
