"""Whether what somebody was told is theirs to see, field by field, by the table of `pattana.disclosure`. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pattana.disclosure import ANSWERS, DETAILS, PROBLEM, Reach, Who
from shared.rights import Role, Scope
from tests.integration.rights.world import Caller, Owner, Seen

# Where the keys of an object are data.
_BROKEN_DOWN: Final = (
    "confirmedByRegion",
    "confirmedByGroup",
    "nominationsByWarning",
    "headsByRegion",
    "attendedByRegion",
    "attendedByGroup",
)
OPEN: Final = (
    "counts",
    "answers",
    "reactionCounts",
    "preCounts",
    "postCounts",
    "byTarget",
    "byKind",
    "byChannel",
    "byState",
    "byWave",
    "lacking",
    "points",
    "records[]",
    *_BROKEN_DOWN,
)
# What says whose an object of an answer is, by what is looked up.
IDS: Final = ("nomination", "id", "person", "programme", "run", "key")
# Who sees what was never published, wherever it stands.
DRAFTS: Final = next(answer.fields["state"] for answer in ANSWERS if answer.name == "draft")
UNIT: Final = re.compile(r"(PO-\d\d|OPS)$")
SMALL: Final = range(1, 5)
# What an observer is not told of few people; percentages and provinces follow from these.
PEOPLE_COUNTED: Final = frozenset(
    {
        *("confirmed", "nominations", "submitted", "waitlistRemaining", "withdrawn", "rejected", "expired"),
        *("confirmedHeads", "confirmedActing", "largestGroup", "smallestGroup"),
    }
)


@dataclass(frozen=True)
class Leaf:
    """A value of an answer, its path as in the table, and whose it is."""

    path: str
    value: Any
    owner: Owner


def leaves(body: Any, owners: Mapping[str, Owner], owner: Owner, path: str = "") -> Iterator[Leaf]:
    """What was told: a null tells nothing, and an empty list or object neither. Problems are judged by themselves."""
    if isinstance(body, dict):
        here = owner_of(body, owners, owner)
        for name, value in body.items():
            step = "{}" if path.rpartition(".")[2] in OPEN else name
            whose = Owner(body.get("bucketUnit")) if name == "queue" else here  # it counts what happened to the bucket
            if not is_problem(value):
                yield from leaves(value, owners, whose, f"{path}.{step}" if path else step)
    elif isinstance(body, list):
        for value in body:
            yield from leaves(value, owners, owner, f"{path}[]")
    elif body is not None:
        yield Leaf(path, body, owner)


def owner_of(row: Mapping[str, Any], owners: Mapping[str, Owner], above: Owner) -> Owner:
    if isinstance(row.get("bucketUnit"), str) and "id" not in row and "marks" not in row:
        return Owner(row["bucketUnit"], draft=above.draft)
    for name in IDS if "total" not in row else ():  # counts of messages repeat what they were asked for
        known = owners.get(row.get(name) or "") if isinstance(row.get(name), str) else None
        if known is not None and known != Owner():
            return known
    of_unit = "nameTh" in row and "kind" not in row and UNIT.match(str(row.get("key")))
    return Owner(row["key"], part=True) if of_unit else above


def is_problem(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("type")).startswith("urn:pattana:problem:")


def problems(body: Any) -> Iterator[Mapping[str, Any]]:
    if is_problem(body):
        yield body
    elif isinstance(body, dict | list):
        for value in body.values() if isinstance(body, dict) else body:
            yield from problems(value)


def mistakes(seen: Seen, owners: Mapping[str, Owner]) -> list[str]:
    wrong = []
    for problem in problems(seen.body):
        told = set(problem) - set(PROBLEM.fields) - set(DETAILS.get(problem["code"], "").split())
        wrong += [f"{problem['code']}: {name} is not in the table" for name in told]
    for leaf in () if is_problem(seen.body) else leaves(seen.body, owners, seen.owner):
        who = seen_by(seen.route, leaf.path)
        if who is None:
            wrong.append(f"{seen.route}: {leaf.path} is not in the table")
        elif not may(seen.caller, who[seen.caller.role], leaf):
            wrong.append(f"{seen.route}: {leaf.path} of {leaf.owner} was told to {seen.caller}: {leaf.value!r}")
    return wrong


def seen_by(route: str, path: str) -> Who | None:
    return next((one.fields[path] for one in ANSWERS if route in one.routes and path in one.fields), None)


def may(caller: Caller, reach: Reach, leaf: Leaf) -> bool:
    if leaf.owner.draft and DRAFTS[caller.role] is Reach.NONE:
        return False
    match reach:
        case Reach.NONE:
            return False
        case Reach.UNIT:
            return leaf.owner.unit is None or _covers(caller, leaf.owner)
        case Reach.OWN:
            return (
                leaf.owner.person == caller.person if leaf.owner.person is not None else _acts_for(caller, leaf.owner)
            )
        case Reach.AWAY:
            return leaf.owner.unit is None or Scope(unit=caller.acts_for).covers_unit(leaf.owner.unit)
        case Reach.LARGE:
            return leaf.path.rpartition(".")[2] not in PEOPLE_COUNTED or leaf.value not in SMALL
    return True


def _covers(caller: Caller, owner: Owner) -> bool:
    """Of a report also the own part of what is the unit's above."""
    unit, own = owner.unit or "", caller.unit
    above = owner.part and own is not None and Scope(unit=unit).covers_unit(own)
    return Scope(unit=own).covers_unit(unit) or above


def _acts_for(caller: Caller, owner: Owner) -> bool:
    """What was sent to a unit is the own of those who act for it, and what was sent to all central units of theirs."""
    if owner.unit is None:
        return True
    central = owner.unit == "OPS" and caller.unit is not None and Scope(unit="OPS").covers_unit(caller.unit)
    return caller.role is not Role.LEARNER and (_covers(caller, owner) or central)
