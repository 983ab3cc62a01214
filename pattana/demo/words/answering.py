"""answer: so many answer a form with each score, the highest first, in order of nomination. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pattana.client import Caller
from pattana.demo.scene import Request, Scene, Unplannable, root_of
from pattana.demo.steps import Answer
from shared.rights import Role

# The question by which each of the bundled forms measures; all others may be left out.
MEASURES: Final[Mapping[str, str]] = {
    "PRE": "knowledge",
    "POST": "knowledge",
    "REACTION": "overall",
    "TRANSFER": "applied",
}
SEATED: Final = "CONFIRMED"
Nomination = Mapping[str, Any]


def attendance(step: Answer, scene: Scene) -> Request:
    """Who was there so far."""
    return Request("attendance", "GET", scene.of_run("attendance"), scene.officer)


def answer(step: Answer, scene: Scene) -> list[Request]:
    """And then the form is read until all is told that can be. Raises Unplannable where there are fewer people."""
    people, scores = _people(step, scene), _scores(step)
    if len(people) < len(scores):
        raise Unplannable(f"{len(scores)} are to answer {step.form}, and {len(people)} may")
    requests = [_answered(step, scene, *one) for one in zip(people, scores, strict=False)]
    return [*requests, Request("told", "GET", scene.of_run(f"forms/{step.form}"), scene.officer)]


def _people(step: Answer, scene: Scene) -> Sequence[Nomination]:
    """Who may: with a seat, and, after the sessions, who was there. Where nobody's attendance was recorded, all."""
    seated = [one for one in scene.nominations if one["state"] == SEATED]
    recorded = {row["nomination"]: bool(row["attended"]) for row in scene.answer["items"]}
    if step.form == "PRE" or not recorded:
        return seated
    return [one for one in seated if recorded.get(one["id"], False)]


def _scores(step: Answer) -> list[int]:
    return [int(score) for score in sorted(step.scores, reverse=True) for _ in range(step.scores[score])]


def _answered(step: Answer, scene: Scene, person: Nomination, score: int) -> Request:
    """By the person; an assessment by the superior in the office."""
    body: dict[str, Any] = {"answers": {MEASURES[step.form]: score}}
    by = Caller(Role.LEARNER, person=person["person"])
    if step.form == "TRANSFER":
        by = Caller(Role.SUPERVISOR, root_of(person["unit"]))
        body["about"] = person["person"]
    return Request(f"answer-{person['id']}", "POST", scene.of_run(f"forms/{step.form}/answers"), by, body)
