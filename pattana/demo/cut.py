"""How much of a play this release can play, and what it leaves out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pattana.demo.moments import moment_of
from pattana.demo.numbers import OF_FRAMEWORKS, Number, UnknownNumber, number_of
from pattana.demo.script import NoPlay, Report, Script
from pattana.demo.steps import Step
from pattana.errors import Explained

ADVICE = "--as-far-as-possible plays what can be played, --until STEP up to a step"


class CannotPlay(Explained):
    """This release cannot play the file, or not so far."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How far to play: to the end, up to a step (its number or its word), or as far as this release can."""

    until: str | None = None
    as_far_as_possible: bool = False

    @property
    def leaves_out(self) -> bool:
        return self.as_far_as_possible or self.until is not None


@dataclass(frozen=True, slots=True)
class Cut:
    """The steps that are played and those that are not; `expected` is compared at the end, `unknown` are numbers that
    are not compared anywhere. `lenient`: what the service does not take of the programme may be left out."""

    steps: Sequence[Step]
    left_out: Sequence[Step]
    expected: Mapping[str, Any]
    unknown: Sequence[str]
    lenient: bool = False


def cut_of(script: Script, wish: Wish, *, lenient: bool = False) -> Cut:
    """Raises NoPlay for names that nothing has, CannotPlay for a step that is not there."""
    numbers = {name: _number(name, script, "at the end") for name in script.expected}
    for step in script.steps:
        for name in step.expect:
            _number(name, script, str(step))
    end = _until(script, wish.until) if wish.until is not None else len(script.steps)
    played, left_out = script.steps[:end], script.steps[end:]
    moves = {step.do for step in left_out if step.do != "wait" or _before_it_begins(step, script)}
    expected = {
        name: script.expected[name] for name, number in numbers.items() if not number.moved_by & moves and played
    }
    return Cut(played, left_out, expected, [name for name in numbers if name not in expected], lenient)


def require_report(script: Report, *, leaves_out: bool) -> None:
    """Reports over other plays cannot be asked yet; names are looked at all the same. Raises CannotPlay unless that may
    be left out."""
    for name in script.expected:
        if name not in OF_FRAMEWORKS:
            raise NoPlay(f"{script.id}: {name} is not a number that any report has")
    if not leaves_out:
        raise CannotPlay(f"{script.id}: the report {script.report} cannot be asked yet; {ADVICE}")


def _until(script: Script, until: str) -> int:
    """The step of that number, or the last one of that word."""
    named = [step.number for step in script.steps if until in (str(step.number), step.do)]
    if not named:
        raise CannotPlay(f"{script.id}: there is no step {until}; it has {len(script.steps)} steps")
    return named[-1]


def _number(name: str, script: Script, where: str) -> Number:
    try:
        return number_of(name, list(script.targets))
    except UnknownNumber as error:
        raise NoPlay(f"{script.id}: {where}: {error}") from None


def _before_it_begins(step: Step, script: Script) -> bool:
    """A wait into the time after the run moves no seat."""
    times = [earlier.at for earlier in script.steps[: step.number] if earlier.at is not None]
    return not times or moment_of(times[-1], script.first_day) < script.begins
