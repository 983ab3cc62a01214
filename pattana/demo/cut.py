"""How much of a play this release can play, and what it leaves out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pattana.demo.moments import moment_of
from pattana.demo.numbers import OF_FRAMEWORKS, Number, UnknownNumber, number_of
from pattana.demo.script import NoPlay, Report, Script
from pattana.demo.steps import Step
from pattana.demo.words import NOT_YET
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
    are not compared anywhere."""

    steps: Sequence[Step]
    left_out: Sequence[Step]
    expected: Mapping[str, Any]
    unknown: Sequence[str]


def cut_of(script: Script, wish: Wish) -> Cut:
    """Raises NoPlay for names that nothing has, CannotPlay for what this release cannot."""
    numbers = {name: _number(name, script, "at the end") for name in script.expected}
    unread = {step.number: _unread(step, script) for step in script.steps}
    end = _end(script, wish)
    played, left_out = script.steps[:end], script.steps[end:]
    _require_whole(script, wish, played, unread, [name for name, number in numbers.items() if number is None])
    moves = {step.do for step in left_out if step.do != "wait" or _before_it_begins(step, script)}
    expected = {
        name: script.expected[name]
        for name, number in numbers.items()
        if number is not None and not number.moved_by & moves and played
    }
    unknown = [name for step in played for name in unread[step.number]]
    unknown += [name for name in numbers if name not in expected]
    return Cut(played, left_out, expected, list(dict.fromkeys(unknown)))


def require_report(script: Report, wish: Wish) -> None:
    """Reports over other plays cannot be asked yet; names are looked at all the same."""
    for name in script.expected:
        if name not in OF_FRAMEWORKS:
            raise NoPlay(f"{script.id}: {name} is not a number that any report has")
    if not wish.leaves_out:
        raise CannotPlay(f"{script.id}: the report {script.report} cannot be asked yet; {ADVICE}")


def _end(script: Script, wish: Wish) -> int:
    """How many steps are played. Raises CannotPlay."""
    first = next((step for step in script.steps if step.do in NOT_YET), None)
    end = _until(script, wish.until) if wish.until is not None else len(script.steps)
    if first is None or first.number > end:
        return end
    if not wish.as_far_as_possible:
        raise CannotPlay(f"{script.id}: {first} cannot be played yet; {ADVICE}")
    return first.number - 1


def _until(script: Script, until: str) -> int:
    """The step of that number, or the last one of that word."""
    named = [step.number for step in script.steps if until in (str(step.number), step.do)]
    if not named:
        raise CannotPlay(f"{script.id}: there is no step {until}; it has {len(script.steps)} steps")
    return named[-1]


def _require_whole(
    script: Script, wish: Wish, played: Sequence[Step], unread: Mapping[int, Sequence[str]], at_the_end: Sequence[str]
) -> None:
    """Without a wish to leave something out, every number can be read."""
    if wish.leaves_out:
        return
    for step in played:
        if unread[step.number]:
            raise CannotPlay(
                f"{script.id}: {step} expects {unread[step.number][0]}, which nothing reports yet; {ADVICE}"
            )
    if at_the_end:
        raise CannotPlay(f"{script.id}: it expects {at_the_end[0]} at the end, which nothing reports yet; {ADVICE}")


def _unread(step: Step, script: Script) -> list[str]:
    return [name for name in step.expect if _number(name, script, str(step)) is None]


def _number(name: str, script: Script, where: str) -> Number | None:
    try:
        return number_of(name, list(script.targets))
    except UnknownNumber as error:
        raise NoPlay(f"{script.id}: {where}: {error}") from None


def _before_it_begins(step: Step, script: Script) -> bool:
    """A wait into the time after the run moves no seat."""
    times = [earlier.at for earlier in script.steps[: step.number] if earlier.at is not None]
    return not times or moment_of(times[-1], script.first_day) < script.begins
