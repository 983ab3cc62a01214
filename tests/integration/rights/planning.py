"""Development plans of two offices: drafted, given back, agreed, carried out, revised; closed, or back once more."""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.rights.bodies import PERSONNEL
from tests.integration.rights.world import API, OFFICE, OTHER_SUPERVISORS, SUPERVISOR, YALA, Caller, World

PLANS: Final = f"{API}/plans"
ONE: Final = f"{PLANS}/{{plan}}"
YEAR: Final = 2570
ROW: Final = {
    "competency": "INNOVATION",
    "requiredLevel": 3,
    "currentLevel": 1,
    "method": "TRAINING",
    "startsOn": "2027-01-04",
    "endsOn": "2027-06-30",
    "note": "ต้องการใช้ข้อมูลในการทำงาน",
}


async def planned(world: World) -> None:
    await world.draft("developing", approvalRoute=[])
    await world.allocate("developing", PO_50=1, PO_95=1)
    await world.publish("developing")
    for name, supervisor in (("anan", SUPERVISOR), ("yai", OTHER_SUPERVISORS[YALA])):
        person = world.learner(name)
        made = await world.done("POST", PLANS, person, json={"fiscalYear": YEAR}, of=world.person(name))
        world.owners[made["id"]] = world.person(name)
        world.made[f"plan-{name}"] = made["id"]
        await _carried_out(world, made["id"], person, supervisor)
    for name in ("busaba", "chai", "dao", "fah"):
        await _agreed(world, name, SUPERVISOR)
    await _agreed(world, "pat", OTHER_SUPERVISORS[PERSONNEL])


async def _agreed(world: World, name: str, supervisor: Caller) -> None:
    """So that an observer sees how many there are, and not of the centre."""
    sent = {"fiscalYear": YEAR, "rows": [ROW]}
    made = await world.done("POST", PLANS, world.learner(name), json=sent, of=world.person(name))
    world.owners[made["id"]] = world.person(name)
    one: dict[str, Any] = {"plan": made["id"], "of": world.person(name)}
    for who, step in ((world.learner(name), "submit"), (supervisor, "agree")):
        await world.done("POST", f"{ONE}/{step}", who, json={}, **one)


async def _carried_out(world: World, plan: str, person: Caller, supervisor: Caller) -> None:
    one: dict[str, Any] = {"plan": plan, "of": world.owners[plan]}

    async def rewritten(*rows: dict[str, Any]) -> None:
        version = (await world.done("GET", ONE, person, **one))["version"]
        read = {"if-match": f'"{version}"'}
        await world.done("PUT", ONE, person, json={"rows": rows}, headers=read, **one)

    async def each(*steps: tuple[Caller, str, dict[str, Any]]) -> None:
        for who, step, sent in steps:
            await world.done("POST", f"{ONE}/{step}", who, json=sent, **one)

    await rewritten(ROW)
    await each((person, "submit", {}), (person, "recall", {}), (person, "submit", {}))
    await each((supervisor, "return", {"reason": "ขอเพิ่มการสอนงาน"}))
    await rewritten(ROW | {"row": 1}, ROW | {"competency": "LAW", "method": "COACHING"})
    await each((person, "submit", {}), (supervisor, "agree", {}), (person, "revise", {}), (person, "submit", {}))
    await each((supervisor, "agree", {}))
    who, action = (OFFICE, "nominate") if supervisor is SUPERVISOR else (person, "apply")
    run = {"run": world.made["developing-run"]}
    made = await world.done("POST", f"{ONE}/rows/{{row}}/{action}", who, json=run, row="2", **one)
    world.owners[made["id"]] = world.owners[plan]
    for row, action, sent in ((1, "complete", {"result": "ใช้แล้ว"}), (1, "reopen", {}), (1, "complete", {})):
        route = f"{ONE}/rows/{{row}}/{action}"
        await world.done("POST", route, person, json=sent, row=str(row), **one)
    if supervisor is not SUPERVISOR:
        await each((person, "revise", {}), (person, "submit", {}), (supervisor, "return", {"reason": "ขอปรับกำหนด"}))
    else:
        await world.done("POST", f"{ONE}/rows/{{row}}/complete", person, json={"result": "ใช้"}, row="2", **one)
        await each((supervisor, "close", {}))


def of_plans(world: World) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Routes with what stands in their braces, and their queries."""
    yield f"{API}/competencies", {}, {}
    for by in ("province", "group", "region", "unit"):
        yield "/api/reporting/plans", {}, {"by": by, "fiscalYear": YEAR}
    for query in ({"limit": 1}, {"limit": 500}, {"unit": YALA}):
        yield f"{PLANS}/hours", {}, {"fiscalYear": YEAR, **query}
    for query in ({"limit": 1}, {"limit": 500}, {"state": "CLOSED"}):
        yield PLANS, {}, {"fiscalYear": YEAR, **query}
    for name in ("anan", "yai"):
        yield ONE, {"plan": world.made[f"plan-{name}"]}, {}
