"""What is to be done after runs as it goes out, and the class of a run by what it may cost."""

from collections.abc import Mapping
from typing import Final

from services.reporting.answering import By, ByTask, Progress, RunReport, Sum
from services.reporting.answering.answers import FollowUpReport
from services.reporting.http.answers import FiscalYearBy
from services.reporting.http.headings import Body, heading
from shared.rounding import percentage

CLASS_A, CLASS_B, EXTERNAL = "A", "B", "EXTERNAL"
_NAMED: Final[Mapping[ByTask, By]] = {
    ByTask.PROVINCE: By.PROVINCE,
    ByTask.GROUP: By.GROUP,
    ByTask.REGION: By.REGION,
    ByTask.RUN: By.RUN,
}


def run_follow_up(report: RunReport) -> Body:
    """Of a run in its report."""
    told = _counts(report.follow_up)
    of_run = {f"followUp{name[0].upper()}{name[1:]}": value for name, value in told.items()}
    return {**of_run, **_class_of(report)}


def follow_up_response(report: FollowUpReport) -> Body:
    following = report.following
    return {
        "by": following.by.value,
        "fiscalYear": report.fiscal_year,
        "fiscalYearBy": FiscalYearBy.TASK.value,
        "rows": [
            {"key": key, **_heading(following.by, key, report), **_counts(progress)}
            for key, progress in sorted(following.rows.items())
        ],
        "totals": _counts(following.whole),
    }


def _heading(by: ByTask, key: str, report: FollowUpReport) -> Body:
    return heading(_NAMED[by], key, report.descriptions) if by in _NAMED else {}


def _counts(progress: Progress) -> Body:
    return {
        "tasks": progress.tasks,
        "done": progress.done,
        "overdue": progress.overdue,
        "pending": progress.pending,
        "donePct": percentage(progress.done, progress.tasks),
    }


def _class_of(report: RunReport) -> Body:
    """By the participants of the whole run."""
    if not report.whole:
        return {"mofTrainingClass": None, "classARatioPct": None}
    class_a, _ = report.sum.of_classes
    return {
        "mofTrainingClass": training_class(report.sum),
        "classARatioPct": percentage(class_a, report.sum.confirmed),
    }


def training_class(total: Sum) -> str | None:
    """As the Ministry of Finance has it: A when more than half of the participants have levels of class A; when more
    than half have none, it is for people from elsewhere; else B, so half and half is B. None without participants."""
    class_a, class_b = total.of_classes
    if not total.confirmed:
        return None
    if 2 * class_a > total.confirmed:
        return CLASS_A
    return EXTERNAL if 2 * (total.confirmed - class_a - class_b) > total.confirmed else CLASS_B
