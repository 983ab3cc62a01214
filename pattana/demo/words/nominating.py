"""nominate and apply: each unit, and each person, in its own name. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from pattana.client import Caller
from pattana.demo.people import Person, cast
from pattana.demo.scene import MOST_ROWS, Request, Scene, chosen, clerk_of, is_office, root_of
from pattana.demo.script import Target
from pattana.demo.steps import Apply, Nominate
from shared.rights import Role

_OFFICE = "PO"


def nominees(step: Nominate, scene: Scene) -> list[Person]:
    target = scene.target(step.target)
    if step.units is None:
        return cast(scene.code, step.number, _dealt(step.people or 0, scene, target), target)
    offices = chosen(step.units, scene.places.offices)
    places = (_workplace(unit, target) for unit in offices for _ in range(step.each or 0))
    return cast(scene.code, step.number, places, target)


def nominate(step: Nominate, scene: Scene) -> list[Request]:
    """A list for each unit, one unit after the other."""
    path = scene.of_run("nominations")
    requests = []
    for unit, people in _by_unit(scene.people):
        for part, ids in enumerate(_parts(people)):
            rows = [{"person": id, "target": step.target, "rank": step.rank} for id in ids]
            name = f"nominate-{unit}" + (f"-{part + 1}" if part else "")
            requests.append(Request(name, "POST", path, clerk_of(unit), {"nominations": rows}, rows=True))
    return requests


def applicants(step: Apply, scene: Scene) -> list[Person]:
    """Central people are dealt over the central units in turn. They are what the target group asks for that they can
    belong to; others are ordinary officials."""
    if step.units is None:
        target = _open_to(step, scene, provincial=False)
        return cast(scene.code, step.number, _dealt(step.people or 0, scene, target), target)
    offices = [unit for unit in chosen(step.units, scene.places.offices) for _ in range(step.each or 0)]
    target = _open_to(step, scene, provincial=all(map(is_office, offices)))
    return cast(scene.code, step.number, (_workplace(unit, target) for unit in offices), target)


def apply(step: Apply, scene: Scene) -> list[Request]:
    """Every person alone."""
    path = scene.of_run("applications")
    body = {} if step.target is None else {"target": step.target}
    return [
        Request(f"apply-{person.face}", "POST", path, Caller(Role.LEARNER, root_of(person.unit), id), body)
        for person, id in scene.people
    ]


def _open_to(step: Apply, scene: Scene, *, provincial: bool) -> Target | None:
    if step.target is not None:
        return scene.target(step.target)
    scopes = ("BOTH", "PROVINCIAL" if provincial else "CENTRAL")
    return next((target for target in scene.script.targets.values() if target.scope in scopes), None)


def _dealt(number: int, scene: Scene, target: Target | None) -> Iterator[str]:
    """So many places at the central units in turn; all at the target group's own unit, if it has one."""
    own = target.unit if target is not None else None
    units = [own] if own and root_of(own) != _OFFICE else list(scene.places.central)
    return (units[place % len(units)] for place in range(number))


def _workplace(unit: str, target: Target | None) -> str:
    """`PO.HR` of the target group is PO-50.HR at PO-50."""
    function = (target.unit or "").partition(".")[2] if target is not None else ""
    return f"{unit}.{function}" if function and is_office(unit) and "." not in unit else unit


def _by_unit(people: Sequence[tuple[Person, str]]) -> Iterator[tuple[str, list[str]]]:
    """The ids of each unit's people; units in the order in which they come first."""
    order = {unit: place for place, unit in enumerate(dict.fromkeys(root_of(person.unit) for person, _ in people))}
    ranked = sorted(people, key=lambda made: order[root_of(made[0].unit)])
    for unit, made in groupby(ranked, key=lambda made: root_of(made[0].unit)):
        yield unit, [id for _, id in made]


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + MOST_ROWS] for start in range(0, len(ids), MOST_ROWS))
