"""Check-ins by a file on real engines: people and passes, CSV and XLSX, a report by row, and the same file again."""

from typing import Any

from shared.rights import Role
from tests.integration.enrolment.conftest import Office
from tests.integration.enrolment.nominating import RunDriver
from tests.integration.enrolment.test_attendance import at, facts, seated
from tests.support.sheets import row, workbook


async def imported(driver: RunDriver, data: bytes, session: int = 1, role: Role = Role.HR_OFFICER) -> Any:
    query = {"run": driver.run, "session": session}
    options: dict[str, Any] = {"params": query, "content": data, "headers": {"content-type": "text/csv"}}
    return await driver.office.ask("POST", "/imports/check-ins", role, **options)


async def report(driver: RunDriver, data: bytes, session: int = 1) -> tuple[int, int, list[tuple[int, str]]]:
    answer = await imported(driver, data, session)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["badRows"] == len({one["line"] for one in told["problems"]})
    return told["recorded"], told["unchanged"], [(one["line"], one["code"]) for one in told["problems"]]


async def test_good_rows_are_recorded_and_bad_ones_told(standing: Office) -> None:
    driver, people, ids = await seated(standing, 4)
    await at(driver, "11:00")
    token = (await driver.done("GET", f"/passes/{ids[2]}"))["token"]
    external = (await standing.db["people"].find_one({"_id": people[1]}) or {})["external_id"]
    lines = [
        "nomination,externalId,pass,เวลา,สถานะ",
        f"{ids[0]},,,09:10,",
        f",{external},,10:00,",
        f",,{token},,",
        f"{ids[3]},,,,ลา",
        "nobody,,,,",
        ",unknown-1,,,",
        f",,{token[:-4]}AAA_,,",
        f"{people[0]},,,13:00,",
        "รวม 8 คน",
    ]
    sheet = "\n".join(lines).encode()
    problems = [(6, "unknown-attendee"), (7, "unknown-external-id"), (8, "pass-forged"), (9, "unknown-attendee")]
    assert await report(driver, sheet) == (4, 0, problems)
    before = await facts(driver)
    assert await report(driver, sheet) == (0, 4, problems)
    assert await facts(driver) == before
    assert before[0]["via"] == "IMPORT"
    page = await driver.done("GET", "/attendance")
    told = {one["nomination"]: one["marks"][0] for one in page["items"]}
    marks = [(told[id]["presence"], told[id]["minutes"]) for id in ids]
    assert marks == [("PRESENT", 180), ("LATE", 120), ("PRESENT", 180), ("EXCUSED", 0)]


async def test_a_workbook_is_read_as_well_and_what_is_no_list_is_refused(standing: Office) -> None:
    driver, people, _ = await seated(standing, 1)
    title = row(1, ("A", "รายชื่อผู้เข้าอบรม"))
    header, one = row(2, ("A", "รหัสบุคคล"), ("B", "หมายเหตุ")), row(3, ("A", people[0]), ("B", "ลงชื่อแล้ว"))
    sheet = workbook(title + header + one)
    assert await report(driver, sheet) == (1, 0, [])
    for data, session, code in (
        (b"a,b\n1,2\n", 1, "check-in-columns-missing"),
        (sheet, 9, "unknown-session"),
        (b"", 1, "file-missing"),
    ):
        assert (await imported(driver, data, session)).json()["code"] == code
    assert (await imported(driver, sheet, role=Role.PROVINCIAL_HR)).status_code == 403
