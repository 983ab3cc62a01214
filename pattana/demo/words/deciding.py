"""approve and reject: by whoever decides at each step of the approval route, one step after the other. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pattana.client import Caller
from pattana.demo.scene import MOST_ROWS, Request, Scene, root_of
from pattana.demo.steps import Decide
from shared.rights import CENTRAL_POOL, Role

SUPERVISOR, UNIT_HR, ORGANISER = "SUPERVISOR", "UNIT_HR", "ORGANISER"
WAITING = "SUBMITTED"
OUTSIDE = "wrong-"  # so begin the codes of warnings that somebody is not of the target group
REASON = "ไม่เป็นไปตามหลักเกณฑ์ของโครงการ"
Nomination = Mapping[str, Any]


def approve(step: Decide, scene: Scene) -> list[Request]:
    """All steps of the route that are still open, for everybody who waits."""
    open_steps = [(one, _open_steps(one, scene)) for one in _waiting(step, scene)]
    requests: list[Request] = []
    for place, by in sorted({found for _, steps in open_steps for found in steps}):
        here = [one for one, steps in open_steps if (place, by) in steps]
        requests += _decisions(f"approve-{place + 1}-{by.lower()}", "approve", by, here, {}, scene)
    return requests


def reject(step: Decide, scene: Scene) -> list[Request]:
    """Whoever's turn it is says no, and the route ends."""
    turns = [(one, steps[0]) for one in _waiting(step, scene) if (steps := _open_steps(one, scene))]
    body = {"reason": step.reason or REASON}
    requests: list[Request] = []
    for place, by in sorted({turn for _, turn in turns}):
        here = [one for one, turn in turns if turn == (place, by)]
        requests += _decisions(f"reject-{place + 1}-{by.lower()}", "reject", by, here, body, scene)
    return requests


def route_of(scene: Scene) -> Sequence[str]:
    """Who decides, step by step: what the programme says, else the superior."""
    route = scene.script.known.approval_route
    if isinstance(route, bool):
        return (SUPERVISOR,) if route else ()
    return [by if isinstance(by, str) else str(by.get("step")) for by in route]


def _open_steps(nomination: Nomination, scene: Scene) -> list[tuple[int, str]]:
    """Those before them have decided, or let their time pass. Who applies from outside the target group comes before
    the organiser in the end, whatever the route is."""
    route = list(route_of(scene))
    outside = any(warning["code"].startswith(OUTSIDE) for warning in nomination.get("warnings") or ())
    if outside and ORGANISER not in route:
        route.append(ORGANISER)
    return list(enumerate(route))[len(nomination.get("decisions") or ()) :]


def decider(by: str, unit: str, scene: Scene) -> Caller:
    """Nobody decides on what he or she has asked for, so these are other people than who nominates."""
    root = root_of(unit)
    if by == UNIT_HR:
        return Caller(Role.PROVINCIAL_HR, root, f"{UNIT_HR}@{root}")
    if by == ORGANISER:
        organiser = scene.script.known.organiser or CENTRAL_POOL
        return Caller(Role.HR_OFFICER, organiser, f"{ORGANISER}@{organiser}")
    return Caller(Role.SUPERVISOR, root)


def _waiting(step: Decide, scene: Scene) -> Iterator[Nomination]:
    for nomination in scene.nominations:
        if nomination["state"] == WAITING and (step.who == "ALL" or nomination.get("warnings")):
            yield nomination


def _decisions(
    name: str, action: str, by: str, nominations: Iterable[Nomination], body: Mapping[str, Any], scene: Scene
) -> Iterator[Request]:
    """In order of nomination: one list for those that follow one another and have the same decider."""
    path = scene.of_run(f"nominations/{action}")
    number = 0
    for caller, group in groupby(nominations, key=lambda nomination: decider(by, nomination["unit"], scene)):
        ids = [nomination["id"] for nomination in group]
        for start in range(0, len(ids), MOST_ROWS):
            number += 1
            rows = {"ids": ids[start : start + MOST_ROWS], **body}
            yield Request(f"{name}-{number}", "POST", path, caller, rows, rows=True)
