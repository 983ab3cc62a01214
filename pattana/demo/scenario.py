"""A scenario as described in its file. Pure; knows no services. Numbers are read, never computed."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from pattana.errors import Explained

BUNDLED = files("pattana.demo") / "scenarios.json"
PLAYABLE = ("nominationsProvincialPrimary", "nominationsCentral")


class NoScenario(Explained):
    """There is no such scenario, or the file has another form."""


class ScenarioModel(BaseModel):
    """A part of a file. Unknown fields are kept."""

    model_config = ConfigDict(extra="allow", alias_generator=to_camel, populate_by_name=True, frozen=True)


class Target(ScenarioModel):
    """A target group. `provinces` (codes) may name those that take part; else `units` is their number."""

    key: str
    scope: str
    seats: int | None = None
    unit: str | None = None
    per_unit: int | None = None
    units: int | None = None
    level: str | None = None
    provinces: tuple[str, ...] | None = None

    @property
    def provincial(self) -> bool:
        return self.scope == "PROVINCIAL"


class Programme(ScenarioModel):
    code: str
    title: str
    fiscal_year: int
    start: datetime
    capacity: int
    target_groups: tuple[Target, ...]
    organiser: str | None = None


class Withdrawal(ScenarioModel):
    """A confirmed person withdraws. `province` None: a person of the central pool."""

    province: str | None = None
    has_reserve: bool = False


class Actions(ScenarioModel):
    nominations_provincial_primary: int = 0
    nominations_provincial_reserve: int = 0
    nominations_central: int = 0
    withdrawals: tuple[Withdrawal, ...] | int = ()
    waves: tuple[str, ...] = ("D-7", "D-1")

    @cached_property
    def withdrawn(self) -> tuple[Withdrawal, ...]:
        """A bare number means that many of the central pool, whose waiting list is the reserve."""
        if isinstance(self.withdrawals, int):
            return tuple(Withdrawal(has_reserve=True) for _ in range(self.withdrawals))
        return self.withdrawals


class Scenario(ScenarioModel):
    id: str = "-"
    programme: Programme
    actions: Actions
    expected: dict[str, Any] = Field(default_factory=dict)

    @property
    def playable(self) -> bool:
        """Whether units nominate its people: nothing else can be played so far."""
        actions = {**(self.actions.model_extra or {}), **self.actions.model_dump(by_alias=True)}
        return any(actions.get(name) for name in PLAYABLE)

    def numbers(self) -> dict[str, Any]:
        """All comparable numbers by name, in the order of the file."""
        numbers = {**self.raw_actions, **self.expected}
        return {name: value for name, value in numbers.items() if isinstance(value, int | float | str | dict)}

    @property
    def raw_actions(self) -> dict[str, Any]:
        return self.actions.model_dump(by_alias=True, exclude_unset=True)


def read(name_or_path: str) -> list[Scenario]:
    """The bundled scenario of that name, or all of a file: one scenario, a list, or {"scenarios": [...]}.

    Raises NoScenario. Other content, such as reports over scenarios, is ignored.
    """
    path = Path(name_or_path)
    if path.is_file():
        return of_text(path.read_text(encoding="utf-8-sig"), str(path))
    bundled = of_text(BUNDLED.read_text(encoding="utf-8"), "the bundled scenarios")
    chosen = [scenario for scenario in bundled if scenario.id.upper() == name_or_path.upper()]
    if not chosen:
        known = ", ".join(scenario.id for scenario in bundled)
        raise NoScenario(f"{name_or_path} is neither a file nor one of the bundled scenarios ({known})")
    return chosen


def of_text(text: str, where: str) -> list[Scenario]:
    try:
        rows = _rows(json.loads(text))
        scenarios = [Scenario.model_validate(row) for row in rows if "programme" in row]
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise NoScenario(f"{where} is not of the form of scenarios.json: {place}: {first['msg']}") from error
    except (ValueError, TypeError) as error:
        raise NoScenario(f"{where} is not of the form of scenarios.json: {error}") from error
    if not scenarios:
        raise NoScenario(f"{where} holds no scenario with a programme")
    return scenarios


def _rows(content: Any) -> Sequence[Mapping[str, Any]]:
    if isinstance(content, dict) and "scenarios" in content:
        content = content["scenarios"]
    return [content] if isinstance(content, dict) else list(content)
