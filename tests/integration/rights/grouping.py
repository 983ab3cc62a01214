"""Groups and ideas: the six of Chiang Mai are one group, whose idea is judged, awarded, adopted and measured; in the
large run two people are in groups, were exchanged, and all others are in none."""

from collections.abc import Iterator
from typing import Any, Final

from shared.rights import Role
from tests.integration.rights.world import CHIANG_MAI, HR, RUN, Caller, World

GROUPS: Final = f"{RUN}/groups"
IDEAS: Final = f"{RUN}/ideas"
IDEA: Final = f"{IDEAS}/{{idea}}"
JUDGE: Final = Caller(Role.EXECUTIVE, "OPS", "judge-1")
CONTENT: Final = {
    "title": "ระบบติดตามหนังสือ",
    "problem": "หนังสือล่าช้า",
    "users": "สำนักงานจังหวัด",
    "prototype": "TESTED",
    "indicators": [{"name": "เวลา", "measure": "วัน", "better": "LOWER", "baseline": 10, "target": 5}],
}
USE: Final = {"key": "use", "th": "ประโยชน์", "en": "Use", "most": 10, "weight": 2}


async def grouped(world: World) -> None:
    run: dict[str, Any] = {"run": world.made["large-run"]}
    await world.done("POST", GROUPS, HR, json={"count": 2, "empty": True}, **run)
    two = [world.attendees[name] for name in ("anan", "yai")]
    for group, nomination in enumerate(two, start=1):
        put = {"group": str(group), "json": {"nomination": nomination}}
        await world.done("POST", f"{GROUPS}/{{group}}/members", HR, **put, **run)
    exchanged = {"nomination": two[0], "other": two[1]}
    await world.done("POST", f"{GROUPS}/exchange", HR, json=exchanged, **run)
    for action in ("lock", "unlock", "lock"):
        await world.done("POST", f"{GROUPS}/{action}", HR, json={}, **run)
    await world.done("POST", GROUPS, HR, json={"count": 1}, run=world.made["asked-run"])
    await _written(world)
    await _judged(world)


async def _written(world: World) -> None:
    run: dict[str, Any] = {"run": world.made["asked-run"]}
    sent = {**CONTENT, "group": 1}
    for name in ("idea", "given-up-idea"):
        made = await world.done("POST", IDEAS, world.learner("anan"), json=sent, **run)
        world.made[name] = made["id"]
    one = {**run, "idea": world.made["idea"]}
    read = {"headers": {"if-match": '"1"'}, "json": CONTENT}
    await world.done("PUT", IDEA, world.learner("busaba"), **read, **one)
    for action in ("submit", "reopen", "submit"):
        await world.done("POST", f"{IDEA}/{action}", world.learner("anan"), json={}, **one)
    gone = {**run, "idea": world.made["given-up-idea"]}
    await world.done("POST", f"{IDEA}/withdraw", HR, json={}, **gone)
    other = await world.done("POST", IDEAS, HR, json={**sent, "submit": True}, **run)
    world.made["other-idea"] = other["id"]


async def _judged(world: World) -> None:
    run: dict[str, Any] = {"run": world.made["asked-run"]}
    jury = {"criteria": [USE], "judges": [JUDGE.person, "judge-2"]}
    await world.done("POST", f"{RUN}/scoring", HR, json=jury, **run)
    one = {**run, "idea": world.made["idea"]}
    await world.done("POST", f"{IDEA}/score", JUDGE, json={"points": {"use": 8}}, **one)
    await world.done("POST", f"{IDEA}/score", HR, json={"points": {"use": 6}, "judge": "judge-2"}, **one)
    await world.done("POST", f"{RUN}/scoring/close", HR, json={"incomplete": True}, **run)
    await world.done("POST", f"{IDEA}/award", HR, json={"award": 1}, **one)
    adopted = {"unit": CHIANG_MAI, "since": "2027-06-01"}
    await world.done("POST", f"{IDEA}/adoptions", HR, json=adopted, **one)
    measured = {"unit": CHIANG_MAI, "indicator": 1, "on": "2027-09-30", "value": 4}
    await world.done("POST", f"{IDEA}/measurements", HR, json=measured, **one)


def of_groups(world: World) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Routes with what stands in their braces, and their queries."""
    for name in ("large", "asked", "draft"):
        run = {"run": world.made[f"{name}-run"]}
        yield GROUPS, run, {}
        yield f"{RUN}/scoring", run, {}
        yield f"{RUN}/ranking", run, {}
        for path in (f"{GROUPS}/members", f"{GROUPS}/ungrouped", IDEAS):
            for limit in (1, 500):
                yield path, run, {"limit": limit}
    asked = {"run": world.made["asked-run"]}
    for name in ("idea", "given-up-idea"):
        yield IDEA, {**asked, "idea": world.made[name]}, {}
    for limit in (1, 500):
        yield f"{IDEA}/scores", {**asked, "idea": world.made["idea"]}, {"limit": limit}
