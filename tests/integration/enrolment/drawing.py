"""Papers as somebody gets them. No tests in here."""

import io
from typing import Any

import docx
import httpx

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver
from tests.unit.enrolment.paper.samples import bare, pages, written

NAMED: dict[str, Any] = {
    "numberPrefix": "มท 0202",
    "office": ["สำนักงานปลัดกระทรวงมหาดไทย", "ถนนอัษฎางค์ กรุงเทพฯ 10200"],
    "addressedAs": "ปลัดกระทรวงมหาดไทย",
    "orderOf": "สำนักงานปลัดกระทรวงมหาดไทย",
    "signerTitles": ["ผู้อำนวยการกองการเจ้าหน้าที่"],
    "contact": ["โทร. 0 2222 1234"],
}


async def drawn(
    driver: RunDriver, kind: str, role: Role = Role.HR_OFFICER, *, of: str | None = None, **query: str
) -> httpx.Response:
    """`of` is the unit of the caller."""
    return await driver.ask("GET", f"/documents/{kind}", role, unit=of, params=query)


async def text(driver: RunDriver, kind: str, role: Role = Role.HR_OFFICER, **query: Any) -> str:
    """Of the DOCX, without spaces."""
    answer = await drawn(driver, kind, role, **{"format": "docx", **query})
    assert answer.status_code == 200, answer.text
    return bare("".join(written(docx.Document(io.BytesIO(answer.content)))))


async def refused(driver: RunDriver, kind: str, role: Role = Role.HR_OFFICER, **query: Any) -> tuple[int, str]:
    answer = await drawn(driver, kind, role, **query)
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


async def letterhead(office: Office, unit: str, **changes: Any) -> Any:
    return await office.done("PUT", f"/letterheads/{unit}", json={**NAMED, **changes})


def printed(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return "".join(pages(answer.content))
