"""A scenario's programme and run as request bodies for enrolment. Pure."""

from collections.abc import Mapping
from typing import Any

from pattana.demo.scenario import Scenario, Target

_VENUE = ("name", "room", "floor", "building", "site", "district", "provinceCode")


def programme_body(scenario: Scenario, suffix: str) -> dict[str, Any]:
    """`suffix` is appended to the code, so that a file can be played again."""
    programme = scenario.programme
    extra: Mapping[str, Any] = programme.model_extra or {}
    body = {
        "code": f"{programme.code}{suffix}",
        "title": programme.title,
        "fiscalYear": programme.fiscal_year,
        "kind": extra.get("type", "TRAINING"),
        "organiser": programme.organiser,
        "chair": official(extra.get("chair")),
        "reporter": official(extra.get("reporter")),
        "speakers": [official(speaker) for speaker in extra.get("speakers", ())],
        "methods": list(extra.get("method", ())),
        "frameworkTags": list(extra.get("frameworkTags", ())),
        "targetGroups": [target_body(target) for target in programme.target_groups],
    }
    return {name: value for name, value in body.items() if value not in (None, [])}


def run_body(scenario: Scenario) -> dict[str, Any]:
    programme = scenario.programme
    venue = {name: value for name, value in ((programme.model_extra or {}).get("venue") or {}).items() if value}
    return {
        "capacity": programme.capacity,
        "startsAt": programme.start.isoformat(),
        "venue": {name: venue[name] for name in _VENUE if name in venue},
    }


def target_body(target: Target) -> dict[str, Any]:
    body = {
        "key": target.key,
        "scope": target.scope,
        "unit": target.unit,
        "seats": target.seats,
        "perUnit": target.per_unit,
        "levels": [target.level] if target.level else None,
    }
    return {name: value for name, value in body.items() if value is not None}


def official(person: Any) -> dict[str, Any] | None:
    """From a name, or from name, position and who assigned it."""
    if person is None:
        return None
    if isinstance(person, str):
        return {"name": person}
    assigned = person.get("assignedBy")
    body = {"name": person["name"], "position": person.get("position"), "onBehalfOf": assigned and assigned["name"]}
    return {name: value for name, value in body.items() if value is not None}
