"""What answers about posts look like."""

from typing_extensions import TypedDict

from services.enrolment.directory.domain.posts import Recorded
from services.enrolment.directory.http.answers import LeftOutRow, RowProblem, SheetAnswer
from shared.answers import Day
from shared.events.directory import InPost


class HoldingAnswer(TypedDict):
    """A person in a post; the last day is included, null: still."""

    id: str
    unit: str
    post: str
    person: str
    inPost: InPost
    validFrom: Day
    validTo: Day | None


class TakenRow(TypedDict):
    """`id`: null for a new one in a preview."""

    line: int
    id: str | None
    result: Recorded


class EndedRow(TypedDict):
    """A predecessor who has a last day now, since `line` was confirmed."""

    line: int
    id: str
    validTo: Day


class _PostsCounts(TypedDict):
    preview: bool
    sheet: SheetAnswer | None
    rows: int
    recorded: int
    changed: int
    unchanged: int
    badRows: int
    askedRows: int
    questions: list[RowProblem]
    ended: list[EndedRow]
    problems: list[RowProblem]
    ignoredColumns: list[str]
    leftOutRows: int
    leftOut: list[LeftOutRow]


class PostsImported(_PostsCounts, total=False):
    """`posts` unless `detail=compact`."""

    posts: list[TakenRow]
