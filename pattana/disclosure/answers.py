"""The form of the table: an answer, its fields, and how far each role sees them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.rights import Role


class Reach(StrEnum):
    """How far a role sees a field. `UNIT` is the own unit with all below it; `LARGE`: where nobody can be singled out,
    that is no count of one to four people, and none from which such a count could be worked out; `AWAY`: what is that
    one's to decide in whose name one acts."""

    ALL = "all"
    UNIT = "unit"
    OWN = "own"
    LARGE = "5+"
    AWAY = "away"
    NONE = "-"


Who = Mapping[Role, Reach]
Fields = Mapping[str, Who]


def who(reaches: str) -> Who:
    """One reach per role, in the order of `Role`: HR_OFFICER, EXECUTIVE, PROVINCIAL_HR, SUPERVISOR, LEARNER,
    OCSC_OBSERVER, OPERATOR, INTEGRATION, DEVICE."""
    return dict(zip(Role, map(Reach, reaches.split()), strict=True))


#                          HR_OFFICER EXECUTIVE PROVINCIAL_HR SUPERVISOR LEARNER OBSERVER OPERATOR INTEGRATION DEVICE
EVERYBODY: Final = who("   all        all       all           all        all     all      all      all         -")
INSIDERS: Final = who("    all        all       -             -          -       -        all      -           -")
MAKERS: Final = who("      all        all       -             -          -       -        -        -           -")
PEOPLE: Final = who("      all        -         unit          unit       own     -        -        -           -")
# What is the same for all who see anybody of a run.
IDEAS: Final = who("       all        all       -             -          own     -        -        -           -")
JUDGES: Final = who("      all        all       -             -          -       -        -        -           -")
READERS_OF_RUNS: Final = who("all     -         all           all        all     -        -        -           -")
COLLEAGUES: Final = who("  all        -         unit          unit       -       -        -        -           -")
OFFICERS: Final = who("    all        -         unit          -          -       -        -        -           -")
COUNTS: Final = who("      all        all       unit          unit       -       -        -        -           -")
REPORTS: Final = who("     all        all       unit          unit       -       all      -        -           -")
AGGREGATES: Final = who("  all        all       unit          unit       -       5+       -        -           -")
WHOLE_RUNS: Final = who("  all        all       -             -          -       5+       -        -           -")
GAINS: Final = who("       all        all       -             -          -       -        -        -           -")
OBSERVER: Final = who("    -          -         -             -          -       all      -        -           -")
SUPPRESSED: Final = who("  -          -         all           all        all     all      all      all         -")
NOMINEES: Final = who("    own        -         own           own        own     -        -        -           -")
STAND_INS: Final = who("   away       -         away          away       away    -        -        -           -")
READERS: Final = who("     own        own       own           own        own     -        -        -           -")
OFFICES: Final = who("     own        own       own           own        -       -        -        -           -")
ANSWERERS: Final = who("   own        own       own           own        own     -        -        -           -")
EVALUATORS: Final = who("  all        all       -             -          -       -        -        -           -")
MARKS: Final = who("       all        -         -             -          own     -        -        -           -")
ERASERS: Final = who("     all        -         -             -          -       -        -        -           -")
UNIT_FILES: Final = who("  all        -         -             -          -       -        all      all         -")
PEOPLE_FILES: Final = who("all        -         -             -          -       -        -        all         -")
# Who import people and read them, too.
KNOWERS: Final = who("     all        -         -             -          -       -        -        -           -")
REMINDERS: Final = who("   all        -         -             -          -       -        all      -           -")
DEVICES: Final = who(
    "     -          -         -             -          -       -             -        -           all"
)
ANYBODY: Final = who(
    "     all        all       all           all        all     all           all      all         all"
)
OPERATORS: Final = who("   -          -         -             -          -       -        all      -           -")


@dataclass(frozen=True)
class Answer:
    """What one kind of answer may hold: `fields` by their paths, where `[]` is every item of a list, and `{}` every key
    of an object whose keys are data. `routes` as in the API document; `note` is for people."""

    name: str
    routes: tuple[str, ...]
    fields: Fields
    note: str = ""


def fields(*rows: tuple[Who, str]) -> Fields:
    """From rows of who and the paths that they see. Raises ValueError for a path that is listed twice."""
    listed = [(path, seen) for seen, paths in rows for path in paths.split()]
    table = dict(listed)
    if len(table) != len(listed):
        raise ValueError("a field is listed twice")
    return table


def below(prefix: str, table: Fields) -> Fields:
    """The same fields, further down."""
    return {prefix + path: seen for path, seen in table.items()}


def page_of(table: Fields, seen: Who) -> Fields:
    """A page of a list."""
    return {"next": seen, **below("items[].", table)}
