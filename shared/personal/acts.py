"""What the security log of a service has of what a person did."""

from shared.mongo import Database, Document
from shared.personal.kinds import Item, Kind, Words, days_after, rows_of
from shared.security_log.storage import log_of


def acts(database: Database, *, days: int) -> Kind:
    """Not what others did with the person's data: those are other people."""
    return Kind(
        "acts",
        Words("การใช้งานระบบของท่าน", "What you did here"),
        Words("พิสูจน์ได้ว่าผู้ใดทำสิ่งใด และรักษาความปลอดภัยของระบบ", "to prove who did what, and to keep the system safe"),
        days_after(days, "วันที่บันทึก", "it was noted"),
        Words("ระบบบันทึกเมื่อท่านใช้งาน", "noted when you use the system"),
        rows_of(log_of(database), _act, field="subject"),
    )


def _act(row: Document) -> Item:
    told: Item = {"at": row["at"], "action": row["action"], "outcome": row["outcome"], "client": row.get("client")}
    return told | {"about": row["kind"]}
