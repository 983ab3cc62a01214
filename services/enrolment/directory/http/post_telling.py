"""What an import of posts tells its caller: all at the end, or line by line while it goes on."""

from collections.abc import AsyncGenerator, Iterable
from typing import Any

from starlette.requests import Request

from services.enrolment.directory.domain.post_report import PostReport, Taken
from services.enrolment.directory.domain.posts import Recorded
from services.enrolment.directory.http.responses import bad_row, left_out_response, sheet_response
from services.enrolment.directory.service.posts_import import PostStep
from shared.problems import language_of


class PostTelling:
    """In the language of the caller. Unless `compact`, each good row is told with the id of its holding."""

    def __init__(self, request: Request, *, compact: bool) -> None:
        self._compact = compact
        self._language = language_of(request)

    async def lines(self, steps: AsyncGenerator[PostStep, None]) -> AsyncGenerator[dict[str, Any], None]:
        """The rows of each step beside its progress, so that the report at the end needs none."""
        async for step in steps:
            report = step.report
            line: dict[str, Any] = {"progress": {"rows": report.rows, "read": report.read, **_counts(report)}}
            if not self._compact:
                line["posts"] = _taken(step.taken, preview=report.preview)
            yield line
        yield {"report": self.report(report, compact=True)}

    def report(self, report: PostReport, *, compact: bool = False) -> dict[str, Any]:
        response: dict[str, Any] = {
            "preview": report.preview,
            "sheet": None if report.sheet is None else sheet_response(report.sheet),
            "rows": report.rows,
            **_counts(report),
            "questions": [bad_row(question, self._language) for question in report.questions],
            "ended": [
                {"line": one.line, "id": one.holding, "validTo": one.valid_to.isoformat()} for one in report.ended
            ],
            "problems": [bad_row(bad, self._language) for bad in report.bad],
            "ignoredColumns": list(report.ignored),
            "leftOutRows": report.left_out_rows,
            "leftOut": left_out_response(report.left_out),
        }
        if not (compact or self._compact):
            response["posts"] = _taken(report.taken, preview=report.preview)
        return response


def _counts(report: PostReport) -> dict[str, int]:
    counts = {result.value.lower(): report.counts[result] for result in Recorded}
    return {**counts, "badRows": report.bad_rows, "askedRows": report.asked_rows}


def _taken(rows: Iterable[Taken], *, preview: bool) -> list[dict[str, Any]]:
    """Of a preview nothing stays, so what is new has no id yet."""
    return [
        {
            "line": row.line,
            "id": None if preview and row.result is Recorded.RECORDED else row.holding,
            "result": row.result.value,
        }
        for row in rows
    ]
