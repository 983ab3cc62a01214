"""Certificates, registers and issues as documents."""

from dataclasses import asdict
from datetime import date

from services.enrolment.certificates.domain.certificates import Certificate, State, Wording
from services.enrolment.certificates.domain.registers import Register
from services.enrolment.certificates.domain.tasks import Issue
from services.enrolment.directory import root_unit
from shared.events.certificates import issue_aggregate
from shared.events.seats import Place
from shared.mongo import Document
from shared.rights import CENTRAL_POOL


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others: what lists of an office are read by."""
    return root_unit(unit) if unit.startswith("PO-") else CENTRAL_POOL


def certificate_document(one: Certificate) -> Document:
    """Of a new one. What it does not have yet is absent."""
    wording = one.wording
    row: Document = {
        "_id": one.id,
        "code": one.code,
        "register": one.register,
        "serial": one.serial,
        "run": one.run,
        "programme": one.programme,
        "nomination": one.nomination,
        "person": one.person,
        "target": one.target,
        "bucket_unit": one.bucket_unit,
        "place": one.place.model_dump(),
        "office": office_of(one.place.unit),
        "title": wording.title,
        "issuer": wording.issuer,
        "starts_on": wording.starts_on.isoformat(),
        "ends_on": wording.ends_on.isoformat(),
        "issued_at": one.issued_at,
        "state": one.state.value,
        "holds": True,
    }
    known = {"name": wording.name, "replaces": one.replaces}
    return row | {name: value for name, value in known.items() if value is not None}


def certificate_of(row: Document) -> Certificate:
    days = (date.fromisoformat(row[name]) for name in ("starts_on", "ends_on"))
    return Certificate(
        id=row["_id"],
        code=row["code"],
        register=row["register"],
        serial=row["serial"],
        run=row["run"],
        programme=row["programme"],
        nomination=row["nomination"],
        person=row["person"],
        target=row["target"],
        bucket_unit=row["bucket_unit"],
        place=Place.model_validate(row["place"]),
        wording=Wording(row.get("name"), row["title"], row["issuer"], *days),
        issued_at=row["issued_at"],
        state=State(row["state"]),
        revoked_at=row.get("revoked_at"),
        reason=row.get("reason"),
        replaces=row.get("replaces"),
        replaced_by=row.get("replaced_by"),
    )


def register_of(id: str, row: Document | None) -> Register:
    organiser, _, year = id.rpartition(":")
    if row is None:
        return Register(organiser, int(year))
    return Register(organiser, int(year), row["last"], row["seq"])


def issue_document(issue: Issue) -> Document:
    row: Document = asdict(issue)
    row["_id"] = issue_aggregate(issue.run)
    row["lacking"] = dict(issue.lacking)
    row["reached"] = [[register, seq] for register, seq in issue.reached.items()]  # a unit's key may have a dot
    return {**row, "running": True} if issue.running else row


def issue_of(row: Document) -> Issue:
    known = {name: row[name] for name in Issue.__dataclass_fields__ if name in row}
    return Issue(**{**known, "reached": dict(known.get("reached", ()))})
