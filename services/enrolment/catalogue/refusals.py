"""What can be refused about programmes and runs. Each has a stable code; problems.py says it in Thai and English.

Refused
├── life cycle: ProgrammeNotDraft  ProgrammeNotSubmitted  ProgrammeNotApproved  ProgrammeNotPublished  ProgrammeEnded
│               RunsFixed  OwnProgramme  NoRuns  NoTargetGroups  RunWithoutSeats
├── description: ProgrammeCodeTaken  FiscalYearMismatch  FiscalYearMissing  TargetTwice  TargetWithSeats
│               SeatsAboveTotal  SeatsAboveRuns  UnknownFunction
└── runs: RunTimes  SessionTimes  WindowTimes  CohortTwice  CapacityBelowAllocated  RunClockLocked
"""

from shared.errors import Refused


class ProgrammeNotDraft(Refused):
    code = "programme-not-draft"


class ProgrammeNotSubmitted(Refused):
    code = "programme-not-submitted"


class ProgrammeNotApproved(Refused):
    code = "programme-not-approved"


class ProgrammeNotPublished(Refused):
    code = "programme-not-published"


class ProgrammeEnded(Refused):
    code = "programme-ended"


class RunsFixed(Refused):
    """Runs are added to drafts and to approved programmes that are not published yet."""

    code = "runs-fixed"


class OwnProgramme(Refused):
    """Who made or submitted a programme does not approve it."""

    code = "own-programme"


class NoRuns(Refused):
    code = "no-runs"


class NoTargetGroups(Refused):
    code = "no-target-groups"


class RunWithoutSeats(Refused):
    """Details: run, cohort."""

    code = "run-without-seats"


class ProgrammeCodeTaken(Refused):
    """Details: programme_code."""

    code = "programme-code-taken"


class FiscalYearMismatch(Refused):
    """Details: given, derived."""

    code = "fiscal-year-mismatch"


class FiscalYearMissing(Refused):
    """Neither said, nor is there a run to derive it from."""

    code = "fiscal-year-missing"


class TargetTwice(Refused):
    """Details: target."""

    code = "target-twice"


class TargetWithSeats(Refused):
    """A target group whose seats were given out is left out of the new description. Details: target."""

    code = "target-with-seats"


class SeatsAboveTotal(Refused):
    """Details: seats, total."""

    code = "seats-above-total"


class SeatsAboveRuns(Refused):
    """Target groups name more seats than the runs together hold. Details: seats, capacity."""

    code = "seats-above-runs"


class UnknownFunction(Refused):
    """No provincial office has such a group. Details: function."""

    code = "unknown-unit-function"


class RunTimes(Refused):
    code = "run-times"


class SessionTimes(Refused):
    """A session ends before it begins, or two of them overlap. Details: session (from 1)."""

    code = "session-times"


class WindowTimes(Refused):
    code = "window-times"


class CohortTwice(Refused):
    """Details: cohort."""

    code = "cohort-twice"


class CapacityBelowAllocated(Refused):
    """Details: capacity, allocated."""

    code = "capacity-below-allocated"


class RunClockLocked(Refused):
    code = "run-clock-locked"
