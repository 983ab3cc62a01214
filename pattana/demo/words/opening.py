"""open: from a draft to an open run. Pure."""

from collections.abc import Iterator
from typing import Any

from pattana.client import Caller
from pattana.demo.scene import ENROLMENT, Request, Scene, Unplannable
from pattana.demo.script import Target
from pattana.demo.steps import Step
from shared.rights import CENTRAL_POOL, Role

PROVINCIAL_POOL = "PO"
EXECUTIVE = Caller(Role.EXECUTIVE, CENTRAL_POOL)


def open_run(step: Step, scene: Scene) -> list[Request]:
    """Where no step before has allocated the seats, the target groups' own numbers do."""
    allocated = any(before.do == "allocate" for before in scene.script.steps[: step.number - 1])
    programme = f"{ENROLMENT}/programmes/{scene.programme}"
    moves = [
        Request("submit", "POST", f"{programme}/submit", scene.officer, {}),
        Request("agree", "POST", f"{programme}/approve", EXECUTIVE, {}),
        Request("publish", "POST", f"{programme}/publish", scene.officer, {}),
    ]
    return moves if allocated else [_seats(scene), *moves]


def _seats(scene: Scene) -> Request:
    buckets = [bucket for target in scene.script.targets.values() for bucket in buckets_of(target, scene)]
    return Request("seats", "PUT", scene.of_run("buckets"), scene.officer, {"buckets": buckets}, replaces=True)


def buckets_of(target: Target, scene: Scene) -> Iterator[dict[str, Any]]:
    """So many for each office, or all of them in the pool. Raises Unplannable without a number."""
    offices, central = scene.places.offices, scene.places.central
    provincial = target.scope == "PROVINCIAL"
    if target.per_unit is not None and provincial:
        yield from (_bucket(target, unit, target.per_unit) for unit in offices)
    elif target.seats is not None:
        yield _bucket(target, PROVINCIAL_POOL if provincial else CENTRAL_POOL, target.seats)
    elif target.per_unit is not None:
        yield _bucket(target, CENTRAL_POOL, target.per_unit * len(central))
    else:
        raise Unplannable(f"the target group {target.key} says no number of seats, and no step has allocated them")


def _bucket(target: Target, unit: str, seats: int) -> dict[str, Any]:
    return {"target": target.key, "bucketUnit": unit, "seats": seats}
