"""What a step is planned from, and what it comes to: requests. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from pattana.client import Caller
from pattana.demo.people import Person
from pattana.demo.script import Script, Target
from shared.rights import CENTRAL_POOL, Role

ENROLMENT = "/api/enrolment"
NOTIFICATION = "/api/notification"
MOST_ROWS = 500  # of one list
_PROVINCIAL = "PO-"


class Unplannable(Exception):
    """A step that the programme or the organisation does not allow; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Request:
    """`name` tells it from the others of its step. `rows`: a list with a result each. `replaces`: what is there must
    have been read. `after`: the service that must first know all that the play has done."""

    name: str
    method: str
    path: str
    caller: Caller
    body: Any = None
    rows: bool = False
    replaces: bool = False
    after: str | None = None
    params: Mapping[str, str] | None = None

    def written(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> "Request":
        role, unit, person = (written["caller"][name] for name in ("role", "unit", "person"))
        return cls(**{**written, "caller": Caller(Role(role), unit, person)})


@dataclass(frozen=True, slots=True)
class Places:
    """The units that exist on the first day: provincial offices and central units, by key."""

    offices: tuple[str, ...]
    central: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """`people` are those made for the step, with their ids. `nominations` are all of the run, in the order in which
    they were made, where the step asks for them; `answer` is what its question was answered with."""

    script: Script
    places: Places
    code: str
    programme: str
    run: str
    people: Sequence[tuple[Person, str]] = ()
    nominations: Sequence[Mapping[str, Any]] = ()
    answer: Mapping[str, Any] = field(default_factory=dict)

    @property
    def officer(self) -> Caller:
        """Who runs the programme."""
        return Caller(Role.HR_OFFICER, self.script.known.organiser or CENTRAL_POOL)

    def target(self, key: str) -> Target:
        """Which there is: it was looked at when the file was read."""
        return self.script.targets[key]

    def with_(self, **facts: Any) -> "Scene":
        return replace(self, **facts)

    def of_run(self, path: str) -> str:
        return f"{ENROLMENT}/runs/{self.run}/{path}"


def root_of(unit: str) -> str:
    """The office or central unit that a unit belongs to."""
    return unit.partition(".")[0]


def is_office(unit: str) -> bool:
    return unit.startswith(_PROVINCIAL)


def clerk_of(unit: str) -> Caller:
    """Who nominates for a unit, in its own name."""
    root = root_of(unit)
    return Caller(Role.PROVINCIAL_HR if is_office(root) else Role.HR_OFFICER, root)


def chosen(units: str | Sequence[str], offices: Sequence[str]) -> Sequence[str]:
    """`ALL` are all provincial offices."""
    return offices if isinstance(units, str) else units
