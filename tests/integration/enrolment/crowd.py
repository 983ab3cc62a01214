"""People for tests, as rows of a sheet. No tests in here."""

from tests.integration.enrolment.conftest import Office

HEADER = "externalId,citizenId,fullName,unit,level,position,email,birthDate"
SOMCHAI = "E1,3101700534215,นายสมชาย ใจดี,PO-50.HR,K2,นักทรัพยากรบุคคล,office50@moi.go.th,31/8/2513"
SOMYING = "E2,,น.ส.สมหญิง ใจงาม,PO-95.HR,K3,นักทรัพยากรบุคคล,office50@moi.go.th,"
SOMSRI = "E3,,นางสมศรี ใจเย็น,PERS,M1,ผู้อำนวยการส่วน,,"


async def known(office: Office, *rows: str) -> dict[str, str]:
    """The ids of the imported people, by external id."""
    report = await office.import_people([HEADER, *rows])
    assert report["badRows"] == 0, report
    return {row.partition(",")[0]: one["id"] for row, one in zip(rows, report["people"], strict=True)}


async def staff(office: Office, unit: str, count: int, level: str = "K2") -> list[str]:
    """The ids of this many people of the unit, the same ones every time."""
    rows = [f"{unit}-{level}-{n},,คนที่{n} ทดสอบ,{unit},{level},,," for n in range(count)]
    return list((await known(office, *rows)).values())
