"""Questions answered from what was projected, as far as the caller may see it.

The face is pure: what is asked, and the reports. `answers.Answers`, which reads, is imported from its module by who
holds it.
"""

from services.reporting.answering.domain.deadlines import Deadlines
from services.reporting.answering.domain.evaluating import FormReport
from services.reporting.answering.domain.following import ByTask, FollowingUp, Progress
from services.reporting.answering.domain.planning import ByPlace, Planning, PlanRow
from services.reporting.answering.domain.questions import Question, RunFilter
from services.reporting.answering.domain.reports import (
    Breakdown,
    CoverageReport,
    Descriptions,
    OwnNomination,
    ProgrammeReport,
    ReportRow,
    RunLine,
    RunReport,
    Totals,
    persons,
)
from services.reporting.answering.domain.sums import CENTRAL, OVER_RUNS, PROVINCIAL, By, Sum
from services.reporting.answering.domain.visibility import Visibility

__all__ = [
    "CENTRAL",
    "OVER_RUNS",
    "PROVINCIAL",
    "Breakdown",
    "By",
    "ByPlace",
    "ByTask",
    "CoverageReport",
    "Deadlines",
    "Descriptions",
    "FollowingUp",
    "FormReport",
    "OwnNomination",
    "PlanRow",
    "Planning",
    "ProgrammeReport",
    "Progress",
    "Question",
    "ReportRow",
    "RunFilter",
    "RunLine",
    "RunReport",
    "Sum",
    "Totals",
    "Visibility",
    "persons",
]
