"""checkIn: the sessions take place. The run's clock goes with them: people come as a session begins, and it is closed
when it ends. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pattana.client import Caller
from pattana.demo.moments import moment_of
from pattana.demo.scene import MOST_ROWS, Request, Scene, Unplannable
from pattana.demo.steps import Absent, CheckIn
from shared.rights import Role

OPERATOR = Caller(Role.OPERATOR)
SEATED = "CONFIRMED"
Nomination = Mapping[str, Any]
Session = Mapping[str, Any]


def sessions(step: CheckIn, scene: Scene) -> Request:
    """Which there are, as the run was planned."""
    return Request("sessions", "GET", scene.of_run("sessions"), scene.officer)


def check_in(step: CheckIn, scene: Scene) -> list[Request]:
    """Everybody with a seat but the absent, session by session; the first so many once more."""
    missing = {one["id"] for absent in step.absent for one in _absent(absent, scene)}
    there = [one["id"] for one in _seated(scene) if one["id"] not in missing]
    if len(there) < step.again:
        raise Unplannable(f"{step.again} are to be checked in again, and {len(there)} are there")
    requests: list[Request] = []
    for number, session in _sessions(step, scene):
        requests += _clock(f"begin-{number}", session["startsAt"], step, scene)
        requests += _lists(f"session-{number}", number, there, scene)
        requests += _lists(f"again-{number}", number, there[: step.again], scene)
        requests += _clock(f"end-{number}", session["endsAt"], step, scene)
        path = scene.of_run(f"sessions/{number}")
        requests.append(Request(f"close-{number}", "POST", f"{path}/close", scene.officer, {}))
        requests.append(Request(f"closed-{number}", "GET", path, scene.officer))
    return requests


def _seated(scene: Scene) -> list[Nomination]:
    return [one for one in scene.nominations if one["state"] == SEATED]


def _absent(absent: Absent, scene: Scene) -> Sequence[Nomination]:
    """The last ones in order of nomination. Raises Unplannable where there are fewer."""
    there = [one for one in _seated(scene) if _is_of(one, absent)]
    if len(there) < absent.count:
        place = absent.unit or absent.target
        raise Unplannable(f"{absent.count} are to be absent in {place}, where {len(there)} have a seat")
    return there[len(there) - absent.count :]


def _is_of(nomination: Nomination, absent: Absent) -> bool:
    if absent.target is not None:
        return bool(nomination["target"] == absent.target)
    unit = str(nomination["unit"])
    return unit == absent.unit or unit.startswith(f"{absent.unit}.")


def _sessions(step: CheckIn, scene: Scene) -> Iterator[tuple[int, Session]]:
    """Raises Unplannable for a number that the run does not have."""
    there = {int(row["session"]): row for row in scene.answer["items"]}
    for number in there if isinstance(step.sessions, str) else step.sessions:
        if number not in there:
            raise Unplannable(f"there is no session {number}; the run has {len(there)}")
        yield number, there[number]


def _lists(name: str, number: int, ids: Sequence[str], scene: Scene) -> Iterator[Request]:
    for part, start in enumerate(range(0, len(ids), MOST_ROWS)):
        rows = [{"nomination": id, "presence": "PRESENT"} for id in ids[start : start + MOST_ROWS]]
        body = {"session": number, "rows": rows}
        yield Request(f"{name}-{part + 1}", "POST", scene.of_run("check-ins"), scene.officer, body, rows=True)


def _clock(name: str, time: str, step: CheckIn, scene: Scene) -> list[Request]:
    """Never back: a list may be written later."""
    moment = datetime.fromisoformat(time)
    times = [earlier.at for earlier in scene.script.steps[: step.number] if earlier.at is not None]
    if times and moment_of(times[-1], scene.script.first_day) >= moment:
        return []
    return [Request(name, "PUT", scene.of_run("clock"), OPERATOR, {"businessNow": time})]
