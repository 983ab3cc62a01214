"""The keys of runs. Their private halves are sealed: whoever reads the database makes no passes."""

from typing import Any, Final

from services.enrolment.attendance.storage.specs import KEYS
from shared.mongo import Database, Document, DuplicateKey, translated_calls
from shared.sealing import KeyRing, Sealed, UnknownKey

AT_ONCE: Final = 100


class RunKeys:
    """`ring` seals them."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._keys = database[KEYS.name]
        self._ring = ring

    async def seed(self, run: str, fresh: bytes) -> bytes:
        """That of the run's key; `fresh` from now on, where there is none, or none that anybody can open any more."""
        with translated_calls():
            row = await self._keys.find_one({"_id": run})
            if row is None:
                try:
                    await self._keys.insert_one({"_id": run, **self._sealed(run, fresh)})
                except DuplicateKey:
                    row = await self._keys.find_one({"_id": run})
        if row is None:
            return fresh
        try:
            return self._opened(row)
        except UnknownKey:
            return await self._replaced(row, fresh)

    async def reseal(self) -> bool:
        """Some of those that an older key has sealed, so that it may leave the ring; whether there may be more."""
        if not (older := list(self._ring.ids[1:])):
            return False
        with translated_calls():
            rows: list[Document] = await self._keys.find({"key_id": {"$in": older}}).limit(AT_ONCE).to_list(None)
            for row in rows:
                again = self._sealed(row["_id"], self._opened(row))
                await self._keys.update_one({"_id": row["_id"], "sealed": row["sealed"]}, {"$set": again})
        return len(rows) == AT_ONCE

    async def _replaced(self, row: Document, fresh: bytes) -> bytes:
        with translated_calls():
            guard = {"_id": row["_id"], "sealed": row["sealed"]}
            result = await self._keys.update_one(guard, {"$set": self._sealed(row["_id"], fresh)})
            if result.matched_count == 1:
                return fresh
            there = await self._keys.find_one({"_id": row["_id"]})
        return self._opened(there or row)

    def _opened(self, row: Document) -> bytes:
        return self._ring.open_bytes(Sealed(row["key_id"], row["sealed"]), _subject(row["_id"]))

    def _sealed(self, run: str, seed: bytes) -> dict[str, Any]:
        sealed = self._ring.seal_bytes(seed, _subject(run))
        return {"key_id": sealed.key_id, "sealed": sealed.text}


def _subject(run: str) -> str:
    return f"attendance-key:{run}"
