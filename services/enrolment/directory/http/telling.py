"""What an import of people tells its caller: all at the end, or line by line while it goes on."""

from collections.abc import AsyncGenerator, Callable
from typing import Any

from starlette.requests import Request

from services.enrolment.directory.domain.report import Report
from services.enrolment.directory.http.responses import people_response, progress_response, report_response
from services.enrolment.directory.service.people_import import Step
from shared.http import tokens_of
from shared.problems import language_of


class Telling:
    """In the language of the caller. Unless `compact`, each good row is told with its id.
    `sees`: whether the caller may read the people of a unit."""

    def __init__(self, request: Request, *, compact: bool, sees: Callable[[str], bool]) -> None:
        self._compact = compact
        self._sees = sees
        self._language = language_of(request)
        self._token = tokens_of(request).issue

    def report(self, report: Report) -> dict[str, Any]:
        return self._report(report, compact=self._compact)

    async def lines(self, steps: AsyncGenerator[Step, None]) -> AsyncGenerator[dict[str, Any], None]:
        """The people of each step beside its progress, so that the report at the end needs none."""
        async for step in steps:
            report = step.report
            line: dict[str, Any] = {"progress": progress_response(report)}
            if not self._compact:
                line["people"] = people_response(step.imported, self._token, preview=report.preview)
            yield line
        position = self._token(report.reached) if report.reached else None
        yield {"report": self._report(report, compact=True), "position": position}

    def _report(self, report: Report, *, compact: bool) -> dict[str, Any]:
        return report_response(report, compact=compact, language=self._language, token=self._token, sees=self._sees)
