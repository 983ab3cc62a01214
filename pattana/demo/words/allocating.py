"""allocate: the seats that a rule proposes are taken over as they are. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from pattana.demo.scene import Request, Scene
from pattana.demo.steps import Allocate

# Rules for all target groups at once; any other is the rule of each of them.
OF_ALL: Final = frozenset({"POSTS_THEN_POOL", "OWN_NUMBERS"})


def proposal(step: Allocate, scene: Scene) -> Request:
    return Request("proposal", "POST", scene.of_run("allocation"), scene.officer, asked(step, scene))


def asked(step: Allocate, scene: Scene) -> Mapping[str, Any]:
    """A rule that is an object is what the service is asked, word for word."""
    if not isinstance(step.rule, str):
        return step.rule
    if step.rule in OF_ALL:
        return {"rule": step.rule}
    return {"targets": [{"target": target, "rule": step.rule} for target in scene.script.targets]}


def allocate(step: Allocate, scene: Scene) -> list[Request]:
    buckets = [{name: row[name] for name in ("target", "bucketUnit", "seats")} for row in scene.answer["buckets"]]
    body = {"buckets": buckets}
    return [Request("seats", "PUT", scene.of_run("buckets"), scene.officer, body, replaces=True)]
