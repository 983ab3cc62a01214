"""A run, its offices and its people, for papers. No tests in here."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import docx
import pypdfium2
from docx.document import Document

from services.enrolment.catalogue import RunOnPaper, RunState
from services.enrolment.directory import Unit
from services.enrolment.directory.domain.reference import UnitKind
from services.enrolment.paper.domain.letterheads import Letterhead
from services.enrolment.paper.domain.papers import Asked, Named, Office, Paper
from shared.clock import BANGKOK
from shared.documents import PAPER
from shared.documents.papers import printable
from shared.documents.setting import pdf
from shared.documents.word import docx_of
from shared.events.catalogue import Session, Venue
from shared.events.seats import Rank

MADE_AT = datetime(2026, 11, 25, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=BANGKOK)


SESSIONS = tuple(
    Session(starts_at=at(day, first), ends_at=at(day, last)) for day in (7, 8, 9) for first, last in ((9, 12), (13, 16))
)
RUN = RunOnPaper(
    run="r1",
    title="โครงการเพิ่มประสิทธิภาพการบริหารทรัพยากรบุคคลและนวัตกรรม เพื่อพัฒนาพื้นที่อย่างยั่งยืน",
    organiser="PERS",
    cohort=1,
    capacity=100,
    state=RunState.OPEN,
    opened=True,
    starts_at=at(7, 9),
    ends_at=at(9, 16),
    closes_at=datetime(2026, 11, 30, 16, 30, tzinfo=BANGKOK),
    sessions=SESSIONS,
    venue=Venue(
        room="ห้องประชุมราชสีห์",
        floor="2",
        building="อาคารศาลาว่าการกระทรวงมหาดไทย",
        district="เขตพระนคร",
        province_code="10",
    ),
    targets={"PROV": "บุคลากรสำนักงานจังหวัด", "CENTRE": ""},
)
PERS = Unit("PERS", UnitKind.CENTRAL_UNIT, "OPS", "กองการเจ้าหน้าที่", "Personnel Division", "กจ.")
DRI = Unit("DRI", UnitKind.CENTRAL_UNIT, "OPS", "สถาบันดำรงราชานุภาพ", "Damrong Rajanupab Institute", "สดร.")
CHIANG_MAI = Unit(
    "PO-50", UnitKind.PROVINCIAL_OFFICE, None, "สำนักงานจังหวัดเชียงใหม่", "-", "ชม", "50", "เชียงใหม่", "Chiang Mai"
)
ORGANISER = Office(
    PERS,
    Letterhead(
        "PERS",
        number_prefix="มท 0202",
        office=("สำนักงานปลัดกระทรวงมหาดไทย", "ถนนอัษฎางค์ กรุงเทพฯ 10200"),
        addressed_as="ปลัดกระทรวงมหาดไทย",
        order_of="สำนักงานปลัดกระทรวงมหาดไทย",
        authority="อาศัยอำนาจตามความในมาตรา 21 แห่งพระราชบัญญัติระเบียบบริหารราชการแผ่นดิน พ.ศ. 2534",
        signer="p1",
        signer_titles=("ผู้อำนวยการกองการเจ้าหน้าที่", "ปฏิบัติราชการแทน ปลัดกระทรวงมหาดไทย"),
        contact=("กองการเจ้าหน้าที่", "กลุ่มงานพัฒนาบุคลากร", "โทร. 0 2222 1234"),
    ),
    "นายปุณณ์ปวีร์ ญาณิศาภิรมย์ฐานันดร",
)
OFFICE = Office(CHIANG_MAI, Letterhead("PO-50", number_prefix="ชม 0017.1", office=("ศาลากลางจังหวัดเชียงใหม่",)))
ASKED = Asked("1234", date(2026, 11, 2))
HOSTILE = 'ก"#set text(red) [*x*] $a$ </w:t> & <b> {0} \\u200b'
PEOPLE = (
    Named("ว่าที่ร้อยตรีหญิงปั๊มน้ำ ผู้ปฏิบัติงาน ณ อยุธยา", "นักทรัพยากรบุคคลชำนาญการ", "สำนักงานจังหวัดเชียงใหม่", "PO-50"),
    Named("นางสาวกตัญญุตานันท์ ศรีสุริยวงศ์พิพัฒน์กุลธนานันต์", "นักทรัพยากรบุคคลปฏิบัติการ", "สำนักงานจังหวัดเชียงใหม่", "PO-50"),
    Named(
        "ม.ร.ว.ก้ำกึ่ง ปี่พาทย์ ปู่ป่วย ฝ้ายน้ำผึ้ง",
        "เจ้าพนักงานธุรการชำนาญงาน",
        "กลุ่มงานบริหารทรัพยากรบุคคล สำนักงานจังหวัดประจวบคีรีขันธ์",
        "PO-77.HR",
        Rank.RESERVE,
    ),
    Named(None, "", "สำนักงานจังหวัดเชียงใหม่", "PO-50"),
)


def crowd(count: int) -> list[Named]:
    return [
        replace(PEOPLE[n % 3], name=f"{PEOPLE[n % 3].name} {n}", rank=Rank.PRIMARY, sorted_by=str(n))
        for n in range(count)
    ]


def as_pdf(paper: Paper) -> bytes:
    return pdf(PAPER, printable(paper.data()), MADE_AT)


def as_docx(paper: Paper) -> Document:
    opened: Document = docx.Document(io.BytesIO(docx_of(paper.data(), MADE_AT)))
    return opened


def pages(document: bytes) -> list[str]:
    """The text that a reader copies, page by page, without the spaces that it puts or leaves out by itself."""
    opened = pypdfium2.PdfDocument(document)
    try:
        return [bare(page.get_textpage().get_text_range()) for page in opened]
    finally:
        opened.close()


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def written(document: Document) -> list[str]:
    """The texts of a DOCX, in their order."""
    texts: list[str] = []
    for part in document.iter_inner_content():
        rows: Any = getattr(part, "rows", None)
        texts += [part.text] if rows is None else [cell.text for row in rows for cell in row.cells]  # type: ignore[union-attr]
    return texts


def texts_of(paper: Paper) -> list[str]:
    """What a paper says, block by block."""
    found: list[str] = []
    for block in paper.blocks:
        found += [block[key] for key in ("left", "label", "text", "name") if isinstance(block.get(key), str)]
        found += [line for key in ("right", "before", "lines") for line in block.get(key, ())]
        found += [column["title"] for column in block.get("columns", ())]
        found += [cell for row in block.get("rows", ()) for cell in row]
    return [text for text in found if text]
