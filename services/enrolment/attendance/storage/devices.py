"""Devices and what they have uploaded."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from typing import Any, Final

from services.enrolment.attendance.domain.devices import Device
from services.enrolment.attendance.domain.scans import KeptScan, Outcome, scan_id
from services.enrolment.attendance.storage.specs import DEVICES, SCANS
from shared.mongo import Conflict, Database, Document, InsertOne, Session, translated_calls
from shared.portions import portions

_SCANNED: Final = tuple(field.name for field in fields(KeptScan))


class Devices:
    """The collection of devices."""

    def __init__(self, database: Database) -> None:
        self._devices = database[DEVICES.name]

    async def one(self, device: str, session: Session | None = None) -> Device | None:
        return await self._found({"_id": device}, session)

    async def with_code(self, digest: str, session: Session) -> Device | None:
        return await self._found({"code_digest": digest}, session)

    async def count(self, run: str, session: Session) -> int:
        return int(await self._devices.count_documents({"run": run}, session=session))

    async def page(self, run: str, after: str, limit: int) -> list[Device]:
        """In the order in which they were invited; one more than `limit`."""
        query = {"run": run, "_id": {"$gt": after}}
        with translated_calls():
            rows = await self._devices.find(query).sort("_id", 1).limit(limit + 1).to_list(None)
        return [_device_of(row) for row in rows]

    async def add(self, device: Device, session: Session) -> None:
        await self._devices.insert_one({"_id": device.id, **_document(device)}, session=session)

    async def store(self, before: Device, after: Device, session: Session) -> None:
        """Raises Conflict when it has changed since it was read."""
        document = _document(replace(after, version=before.version + 1))
        gone = {name: "" for name in ("code_digest",) if name not in document}
        update: Document = {"$set": document, **({"$unset": gone} if gone else {})}
        guard = {"_id": before.id, "version": before.version}
        result = await self._devices.update_one(guard, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the device has changed since it was read")

    async def _found(self, query: Document, session: Session | None) -> Device | None:
        with translated_calls():
            row = await self._devices.find_one(query, session=session)
        return None if row is None else _device_of(row)


class Scans:
    """The collection of what devices have recorded, each by device and nonce."""

    def __init__(self, database: Database) -> None:
        self._scans = database[SCANS.name]

    async def known(self, device: str, nonces: Collection[str], session: Session) -> dict[str, KeptScan]:
        """Those that were uploaded before, by nonce."""
        known: dict[str, KeptScan] = {}
        for ids in portions([scan_id(device, nonce) for nonce in nonces]):
            rows: list[Document] = await self._scans.find({"_id": {"$in": ids}}, session=session).to_list(None)
            known |= {row["nonce"]: _scan_of(row) for row in rows}
        return known

    async def add(self, scans: Sequence[KeptScan], session: Session) -> None:
        """Raises DuplicateKey when one of them is there by now."""
        if scans:
            writes = [InsertOne(_scan_document(scan)) for scan in scans]
            await self._scans.bulk_write(writes, ordered=False, session=session)

    async def of(self, run: str, nomination: str, after: str, limit: int) -> list[KeptScan]:
        """What devices have recorded of somebody, by device; one more than `limit`."""
        query = {"nomination": nomination, "run": run, "_id": {"$gt": after}}
        with translated_calls():
            rows = await self._scans.find(query).sort("_id", 1).limit(limit + 1).to_list(None)
        return [_scan_of(row) for row in rows]


def _document(device: Device) -> dict[str, Any]:
    """All but its id. Codes are found by an index of those that there are."""
    document = {name: value for name, value in asdict(device).items() if name != "id"}
    if device.code_digest is None:
        del document["code_digest"]
    return document


def _device_of(row: Document) -> Device:
    return Device(id=row["_id"], **{name: value for name, value in row.items() if name != "_id"})


def _scan_document(scan: KeptScan) -> Document:
    """By hand: there may be a thousand, and `asdict` copies every value deeply."""
    return {"_id": scan.id} | {name: getattr(scan, name) for name in _SCANNED} | {"outcome": scan.outcome.value}


def _scan_of(row: Document) -> KeptScan:
    fields = {name: value for name, value in row.items() if name not in ("_id", "outcome")}
    return KeptScan(**fields, outcome=Outcome(row["outcome"]))
