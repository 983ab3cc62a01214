"""assign, complete and close: what is to be done after the run, and its end. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from pattana.client import Caller
from pattana.demo.scene import ENROLMENT, Request, Scene, Unplannable, clerk_of
from pattana.demo.steps import Assign, Complete, Step
from shared.rights import Role

EVIDENCE: Final = "https://evidence.example"  # reserved: nobody is there
Task = Mapping[str, Any]


def assign(step: Assign, scene: Scene) -> list[Request]:
    """And then it is looked at until everybody has it."""
    asked = [one.model_dump(mode="json", by_alias=True, exclude_defaults=True) for one in step.deliverables]
    path = scene.of_run("follow-ups")
    return [
        Request("assign", "POST", path, scene.officer, {"deliverables": asked}),
        Request("assigned", "GET", path, scene.officer),
    ]


def tasks(step: Complete, scene: Scene) -> Request:
    """Those of the deliverable, in the order in which they were assigned."""
    return Request("tasks", "GET", scene.of_run(f"follow-ups/{step.deliverable}/tasks"), scene.officer)


def complete(step: Complete, scene: Scene) -> list[Request]:
    """The first so many that are not done, each by the office or the person that has it. Raises Unplannable."""
    open_tasks = [one for one in scene.answer["items"] if one["state"] != "DONE"]
    if len(open_tasks) < step.count:
        raise Unplannable(f"{step.count} of {step.deliverable} are to be done, and {len(open_tasks)} are not")
    return [_done(one, scene) for one in open_tasks[: step.count]]


def _done(task: Task, scene: Scene) -> Request:
    by = clerk_of(task["unit"]) if task["person"] is None else Caller(Role.LEARNER, person=task["person"])
    path = scene.of_run(f"follow-ups/{task['deliverable']}/tasks/{task['id']}/complete")
    link = f"{EVIDENCE}/{task['deliverable']}/{task['id']}.pdf"
    return Request(f"complete-{task['id']}", "POST", path, by, {"link": link})


def close(step: Step, scene: Scene) -> list[Request]:
    """The programme ends, and the close-out of its run is filed."""
    programme = f"{ENROLMENT}/programmes/{scene.programme}/close"
    return [
        Request("close", "POST", programme, scene.officer, {}),
        Request("close-out", "POST", scene.of_run("close-out"), scene.officer, {}),
    ]
