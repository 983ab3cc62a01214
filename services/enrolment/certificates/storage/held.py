"""What is kept of a person's certificates, for whoever it is about."""

from services.enrolment.certificates.storage.documents import certificate_of
from services.enrolment.certificates.storage.specs import CERTIFICATES
from shared.mongo import Database, Document
from shared.personal import Item, Kind, Words, rows_of


def kinds(database: Database, *, text_days: int) -> tuple[Kind, ...]:
    return (
        Kind(
            "certificates",
            Words("ประกาศนียบัตร", "Certificates"),
            Words("รับรองการผ่านการฝึกอบรม และให้ผู้อื่นตรวจสอบได้", "to certify the training, so that others can check"),
            Words(
                f"ตลอดไป ชื่อบนประกาศนียบัตรจนกว่าจะลบข้อมูลของบุคคล เหตุผลที่เพิกถอน {text_days:,} วัน",
                f"for ever; the name until the person is erased, why it was revoked {text_days:,} days",
            ),
            Words("ออกจากระบบตามหลักเกณฑ์ของโครงการ", "issued by the rule of the programme"),
            rows_of(database[CERTIFICATES.name], _certificate),
        ),
    )


def _certificate(row: Document) -> Item:
    one = certificate_of(row)
    return {
        "run": one.run,
        "number": one.number,
        "name": one.wording.name,
        "title": one.wording.title,
        "issuer": one.wording.issuer,
        "from": one.wording.starts_on,
        "until": one.wording.ends_on,
        "issuedAt": one.issued_at,
        "state": one.state,
        "revokedAt": one.revoked_at,
        "reason": one.reason,
        "code": one.code,
    }
