"""posts: who is in a management post while the play goes on. Pure.

Whoever holds a post is the same person in every play, so that a second play finds it as the first has left it. Anybody
else who is recorded there for one of these days leaves it: the file says who is in the post, and who is not.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

from pattana.demo.moments import day_of, moment_of
from pattana.demo.people import Person, cast
from pattana.demo.scene import ENROLMENT, Request, Scene, chosen
from pattana.demo.steps import Posts

POSTS: Final = f"{ENROLMENT}/posts"
HOLDER, ACTING = "HOLDER", "ACTING"
Holding = Mapping[str, Any]


def incumbents(step: Posts, scene: Scene) -> list[Person]:
    """In the order of `_filled`: who acts is another person than who would hold the post."""
    target = next((one for one in scene.script.targets.values() if step.post in one.posts), None)
    people = []
    for unit, in_post in _filled(step, scene):
        people += cast(f"{step.post}/{in_post}", 0, [unit], target)
    return people


def recorded(step: Posts, scene: Scene) -> Request:
    """Who is in this post anywhere, at any time."""
    return Request("recorded", "GET", POSTS, scene.officer, params={"post": step.post})


def posts(step: Posts, scene: Scene) -> list[Request]:
    first, last = days_of(scene)
    wanted = {(unit, in_post): id for (unit, in_post), (_, id) in zip(_filled(step, scene), scene.people, strict=True)}
    units = {*chosen(step.holders, scene.places.offices), *step.acting, *step.vacant}
    leaving = [
        _away(holding, first, scene)
        for holding in scene.answer["items"]
        if holding["unit"] in units and _meets(holding, first, last) and not _is(holding, wanted, first, last)
    ]
    days = {"validFrom": first.isoformat(), "validTo": last.isoformat()}
    return leaving + [
        Request(
            f"{in_post.lower()}-{unit}",
            "POST",
            POSTS,
            scene.officer,
            {"unit": unit, "post": step.post, "person": id, "inPost": in_post, **days},
        )
        for (unit, in_post), id in wanted.items()
    ]


def days_of(scene: Scene) -> tuple[date, date]:
    """From the first day of the play to the last one of its run."""
    first_day = scene.script.first_day
    played = [day_of(moment_of(step.at, first_day)) for step in scene.script.steps if step.at is not None]
    ends = [session.starts_at for session in scene.script.known.runs[0].sessions]
    return min([first_day, *played]), max([first_day, *map(day_of, ends)])


def _filled(step: Posts, scene: Scene) -> Iterator[tuple[str, str]]:
    """The units in which somebody is in the post, and as what."""
    for unit in dict.fromkeys((*chosen(step.holders, scene.places.offices), *step.acting)):
        if unit not in step.vacant:
            yield unit, ACTING if unit in step.acting else HOLDER


def _meets(holding: Holding, first: date, last: date) -> bool:
    until = holding["validTo"]
    return date.fromisoformat(holding["validFrom"]) <= last and (until is None or date.fromisoformat(until) >= first)


def _is(holding: Holding, wanted: Mapping[tuple[str, str], str], first: date, last: date) -> bool:
    """Whether it is what the step is going to record."""
    same = wanted.get((holding["unit"], holding["inPost"])) == holding["person"]
    return same and (holding["validFrom"], holding["validTo"]) == (first.isoformat(), last.isoformat())


def _away(holding: Holding, first: date, scene: Scene) -> Request:
    """Somebody who came before leaves on the day before; the others were never there."""
    name, path = f"away-{holding['id']}", f"{POSTS}/{holding['id']}"
    if date.fromisoformat(holding["validFrom"]) < first:
        last_day = (first - timedelta(days=1)).isoformat()
        return Request(name, "PATCH", path, scene.officer, {"validTo": last_day})
    return Request(name, "DELETE", path, scene.officer)
