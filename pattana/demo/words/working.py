"""groups, idea and award: what people of a run do together. Pure."""

from collections.abc import Sequence
from typing import Any, Final

from pattana.demo.scene import MOST_ROWS, Request, Scene, Unplannable
from pattana.demo.steps import ALL_GROUPS, Award, Groups, Idea

INDICATOR: Final = {"name": "ระยะเวลาที่ใช้", "measure": "วัน", "better": "LOWER", "baseline": 10, "target": 5}


def groups(step: Groups, scene: Scene) -> list[Request]:
    """By the rule, of all who have a seat."""
    return [Request("groups", "POST", scene.of_run("groups"), scene.officer, {"count": step.count})]


def groups_there(step: Idea, scene: Scene) -> Request:
    return Request("groups", "GET", scene.of_run("groups"), scene.officer)


def idea(step: Idea, scene: Scene) -> list[Request]:
    """Submitted at once, by the organiser for the group."""
    return [
        Request(f"idea-{step.number}-{group}", "POST", scene.of_run("ideas"), scene.officer, _words(group, step))
        for group in _groups(step, scene)
    ]


def _groups(step: Idea, scene: Scene) -> Sequence[int]:
    there = [int(row["group"]) for row in scene.answer["items"]]
    if step.groups == ALL_GROUPS:
        return there
    chosen = [int(group) for group in step.groups]
    if missing := [group for group in chosen if group not in there]:
        raise Unplannable(f"group {missing[0]} is to have an idea, and there are {len(there)}")
    return chosen


def _words(group: int, step: Idea) -> dict[str, Any]:
    named = [{**INDICATOR, "name": f"{INDICATOR['name']} ({number})"} for number in range(1, step.indicators + 1)]
    return {
        "group": group,
        "title": f"แนวคิดนวัตกรรมของกลุ่มที่ {group}",
        "problem": "ขั้นตอนการปฏิบัติงานมีหลายขั้นและใช้เวลานาน",
        "users": "บุคลากรของสำนักงานปลัดกระทรวงมหาดไทยและประชาชนผู้รับบริการ",
        "prototype": "SKETCH",
        "indicators": named,
        "submit": True,
    }


def ideas_there(step: Award, scene: Scene) -> Request:
    return Request("ideas", "GET", scene.of_run("ideas"), scene.officer, params={"limit": str(MOST_ROWS)})


def award(step: Award, scene: Scene) -> list[Request]:
    """The first so many of those that are submitted, in the order in which they were begun; the first prize first."""
    submitted = [row["id"] for row in scene.answer["items"] if row["state"] == "SUBMITTED"]
    if len(submitted) < step.ideas:
        raise Unplannable(f"{step.ideas} ideas are to win, and {len(submitted)} are submitted")
    return [
        Request(f"award-{prize}", "POST", scene.of_run(f"ideas/{id}/award"), scene.officer, {"award": prize})
        for prize, id in enumerate(submitted[: step.ideas], start=1)
    ]
