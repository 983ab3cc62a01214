"""What is to be done after a run, for two offices and for everybody who was there: reported, given back, taken back."""

from collections.abc import Iterator
from typing import Any, Final

from tests.integration.rights.world import CHIANG_MAI, HR, OFFICE, OTHER_OFFICE, RUN, YALA, Owner, World
from tests.support.waiting import until

FOLLOW_UPS: Final = f"{RUN}/follow-ups"
TASKS: Final = f"{FOLLOW_UPS}/{{deliverable}}/tasks"
DELIVERABLES: Final = (
    {"key": "PLAN", "per": "PROVINCE", "due": "2027-06-30", "title": "แผนจังหวัด", "only": [CHIANG_MAI, YALA]},
    {"key": "APPLIED", "per": "PERSON", "due": "2027-06-30"},
)


async def followed_up(world: World) -> None:
    run: dict[str, Any] = {"run": world.made["certified-run"]}
    await world.done("POST", FOLLOW_UPS, HR, json={"deliverables": list(DELIVERABLES)}, **run)

    async def assigned() -> bool:
        return not any(one["assigning"] for one in (await world.done("GET", FOLLOW_UPS, HR, **run))["items"])

    await until(assigned, every=0.2, what="everybody has the tasks")
    for deliverable in ("PLAN", "APPLIED"):
        page = await world.done("GET", TASKS, HR, deliverable=deliverable, **run)
        for row in page["items"]:
            owner = Owner(row["unit"]) if row["person"] is None else world.owners[row["person"]]
            world.owners[row["id"]] = owner
            world.made[f"{deliverable}-{owner.person or owner.unit}"] = row["id"]
    await _reported(world, run)


async def _reported(world: World, run: dict[str, Any]) -> None:
    link, text = {"link": "https://plan.example/a.pdf"}, {"text": "ใช้แผนใหม่แล้ว"}
    fah, ying = (world.people[name] for name in ("fah", "ying"))
    told = (
        (OFFICE, "PLAN", CHIANG_MAI, (("complete", link), ("reopen", {"reason": "แนบผิดฉบับ"}))),
        (OTHER_OFFICE, "PLAN", YALA, (("complete", text),)),
        (world.learner("fah"), "APPLIED", fah, (("complete", text), ("reopen", {"reason": "ยังไม่ครบ"}))),
        (HR, "APPLIED", fah, (("complete", link), ("return", {"reason": "ขอรายละเอียด"}))),
        (HR, "APPLIED", ying, (("complete", text), ("reopen", {"reason": "แนบผิดฉบับ"}), ("complete", text))),
    )
    for who, deliverable, whose, actions in told:
        id = world.made[f"{deliverable}-{whose}"]
        one: dict[str, Any] = {"deliverable": deliverable, "task": id, "of": world.owners[id], **run}
        for action, sent in actions:
            await world.done("POST", f"{TASKS}/{{task}}/{action}", who, json=sent, **one)


def of_follow_up(world: World) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    """Routes with what stands in their braces, and their queries."""
    run = {"run": world.made["certified-run"]}
    yield FOLLOW_UPS, run, {}
    fah, ying = (world.people[name] for name in ("fah", "ying"))
    for deliverable, whose in (("PLAN", CHIANG_MAI), ("PLAN", YALA), ("APPLIED", fah), ("APPLIED", ying)):
        one = {**run, "deliverable": deliverable}
        for query in ({"limit": 1}, {"limit": 500}, {"state": "DONE"}):
            yield TASKS, one, query
        yield f"{TASKS}/{{task}}", {**one, "task": world.made[f"{deliverable}-{whose}"]}, {}
