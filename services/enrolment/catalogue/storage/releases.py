"""What a run's document carries for the release of its seats."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.release import Release, ReleaseAt, ReleaseRule
from services.enrolment.catalogue.domain.runs import Run, RunState, release_of

_LOOK_AT: Final = "release_look_at"
_TAKES_PLACE: Final = frozenset({RunState.OPEN, RunState.CLOSED})


def release_document(run: Run, description: Description) -> dict[str, Any]:
    """`release_look_at` is system time, and stands on runs whose seats are still to be released. Every change of the
    run sets it anew, also after the release: whoever looks then finds that all is done."""
    release = release_of(run, description)
    given = run.plan.release_at
    fields: dict[str, Any] = {
        "release_at": given.isoformat() if isinstance(given, date) else given,
        "release": None if release is None else {"at": release.at, "rule": release.rule.value},
    }
    if release is not None and run.state in _TAKES_PLACE:
        fields[_LOOK_AT] = release.at - timedelta(seconds=run.offset_seconds)
    return fields


def rewriting(row: Mapping[str, Any]) -> dict[str, Any]:
    """The update that makes a stored run this one. What is not to be released any more is not looked for either."""
    update: dict[str, Any] = {"$set": {name: value for name, value in row.items() if name != "_id"}}
    return update if _LOOK_AT in row else {**update, "$unset": {_LOOK_AT: ""}}


def release_at_of(row: Mapping[str, Any]) -> ReleaseAt | None:
    """As the plan has it."""
    given = row.get("release_at")
    return date.fromisoformat(given) if isinstance(given, str) else given


def stored_release(row: Mapping[str, Any]) -> Release | None:
    """A run of before there were releases has none."""
    stored = row.get("release")
    if stored is None:
        return None
    at: datetime = stored["at"]
    return Release(at, ReleaseRule(stored["rule"]))
