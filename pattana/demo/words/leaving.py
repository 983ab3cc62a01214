"""withdraw and substitute: the last so many of a state, in order of nomination. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pattana.demo.people import Person, cast
from pattana.demo.scene import Request, Scene, Unplannable, clerk_of
from pattana.demo.steps import Leave

REASON = "ติดราชการเร่งด่วน"


def withdraw(step: Leave, scene: Scene) -> list[Request]:
    """Each by the unit that the person belongs to."""
    body = {"reason": step.reason or REASON}
    return [
        Request(
            f"withdraw-{place}",
            "POST",
            scene.of_run(f"nominations/{leaving['id']}/withdraw"),
            clerk_of(leaving["unit"]),
            body,
        )
        for place, leaving in enumerate(leaving_of(step, scene), start=1)
    ]


def stand_ins(step: Leave, scene: Scene) -> list[Person]:
    """Somebody of the same unit for each who leaves, in the order of `_by_target`."""
    people: list[Person] = []
    for target, leaving in _by_target(step, scene):
        units = [one["unit"] for one in leaving]
        people += cast(f"{scene.code}/{target}", step.number, units, scene.script.targets.get(target))
    return people


def substitute(step: Leave, scene: Scene) -> list[Request]:
    leaving = [one for _, group in _by_target(step, scene) for one in group]
    reason = step.reason or REASON
    return [
        Request(
            f"substitute-{place}",
            "POST",
            scene.of_run(f"nominations/{one['id']}/substitute"),
            clerk_of(one["unit"]),
            {"person": id, "reason": reason},
        )
        for place, (one, (_, id)) in enumerate(zip(leaving, scene.people, strict=True), start=1)
    ]


def _by_target(step: Leave, scene: Scene) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    leaving = leaving_of(step, scene)
    for target in dict.fromkeys(one["target"] for one in leaving):
        yield target, [one for one in leaving if one["target"] == target]


def leaving_of(step: Leave, scene: Scene) -> Sequence[Mapping[str, Any]]:
    """Raises Unplannable where there are fewer than the step says."""
    there = [one for one in scene.nominations if one["state"] == step.state and _is_there(one, step)]
    if len(there) < step.count:
        place = step.unit or step.target
        raise Unplannable(f"{step.count} of {step.state} are to go in {place}, where there are {len(there)}")
    return there[len(there) - step.count :]


def _is_there(nomination: Mapping[str, Any], step: Leave) -> bool:
    if step.target is not None:
        return bool(nomination["target"] == step.target)
    unit = str(nomination["unit"])
    return unit == step.unit or unit.startswith(f"{step.unit}.") or nomination["bucketUnit"] == step.unit
