"""The check for clashes: a person cannot be in two runs at once. Pure."""

from collections.abc import Iterable

from services.enrolment.catalogue import OfferedRun, OtherRun, encloses, overlap
from shared.events.seats import WarningCode


def clash(run: OfferedRun, other: OtherRun) -> WarningCode | None:
    """Whether sessions of the two coincide; if not, whether one of the runs takes place while the other lasts."""
    if overlap(run.sessions, other.sessions):
        return WarningCode.CLASH
    if encloses(run.lasts, other.lasts) or encloses(other.lasts, run.lasts):
        return WarningCode.CLASH_ENCLOSED
    return None


def clashes_of(run: OfferedRun, others: Iterable[OtherRun], before: OfferedRun | None = None) -> dict[str, WarningCode]:
    """Those of the other runs that clash, by id; with `before`, the run as it was, only those that are worse than they
    were: that lasted around it, or it around them, is less than sessions at the same time."""
    codes: dict[str, WarningCode] = {}
    for other in others:
        code = clash(run, other)
        was = None if before is None else clash(before, other)
        if code is not None and code is not was and was is not WarningCode.CLASH:
            codes[other.id] = code
    return codes
