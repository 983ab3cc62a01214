"""Forms of runs as documents. What is held of people is one sealed text, made anew with every answer and as long as
those of its neighbours: no two states of it can be compared. No field has a time of an answer."""

from datetime import datetime
from typing import Any, Final

import orjson

from services.enrolment.evaluation.domain.batches import Held, Pool, Sum
from services.enrolment.evaluation.domain.evaluations import Chosen, Evaluation
from services.enrolment.evaluation.storage.specs import EVALUATIONS, HAS_BATCH, IS_OPEN, KEPT
from shared.events.evaluation import SMALLEST_BATCH, FormKind, evaluation_id
from shared.mongo import Conflict, Database, Document, Session, translated_calls
from shared.sealing import KeyRing, Sealed

PORTION: Final = 4096  # bytes: a sealed text does not tell how much somebody has written
_WITHOUT_POOL: Final = {"pool": False}


class Evaluations:
    """The collection. `ring` seals what is held."""

    def __init__(self, database: Database, ring: KeyRing) -> None:
        self._evaluations = database[EVALUATIONS.name]
        self._ring = ring

    async def load(self, run: str, kind: FormKind, session: Session | None = None) -> Evaluation:
        """One that nobody has answered or set up has no document."""
        with translated_calls():
            row = await self._evaluations.find_one({"_id": evaluation_id(run, kind)}, _WITHOUT_POOL, session=session)
        return Evaluation(run, kind) if row is None else _evaluation_of(row)

    async def of_run(self, run: str, session: Session | None = None) -> dict[FormKind, Evaluation]:
        """Those with documents."""
        ids = [evaluation_id(run, kind) for kind in FormKind]
        with translated_calls():
            rows = self._evaluations.find({"_id": {"$in": ids}}, _WITHOUT_POOL, session=session)
            return {FormKind(row["form"]): _evaluation_of(row) async for row in rows}

    async def with_pool(self, run: str, kind: FormKind, session: Session) -> tuple[Evaluation, Pool]:
        row = await self._evaluations.find_one({"_id": evaluation_id(run, kind)}, session=session)
        if row is None:
            return Evaluation(run, kind), Pool()
        return _evaluation_of(row), self._opened(row)

    async def save(self, before: Evaluation, after: Evaluation, pool: Pool | None, session: Session) -> None:
        """`pool` None: it stays as it is. Raises Conflict when it has changed since it was read."""
        values = _values(after)
        if pool is not None:
            values["pool"] = self._sealed(after.id, pool)
        marks = {"open": not after.closed, "due": not after.closed and after.held >= SMALLEST_BATCH}
        gone = {name: "" for name, holds in marks.items() if not holds}
        update = {"$set": values | {name: True for name, holds in marks.items() if holds}}
        if gone:
            update["$unset"] = gone
        if before == Evaluation(before.run, before.kind):
            row = {"_id": after.id, "run": after.run, "form": after.kind.value, "pool": None, **update["$set"]}
            await self._evaluations.insert_one(row, session=session)
            return
        present = {"_id": after.id, "answered": before.answered, "seq": before.seq, "version": before.version}
        result = await self._evaluations.update_one(present, update, session=session)
        if result.matched_count != 1:
            raise Conflict("the form of the run has changed since it was read")

    async def note_ended(self, run: str, kind: FormKind, at: datetime, session: Session) -> None:
        """In the transaction that closed it. `at` is system time."""
        kept = {"ended_at": at, **KEPT}
        await self._evaluations.update_one({"_id": evaluation_id(run, kind)}, {"$set": kept}, session=session)

    async def first_kept(self, before: datetime) -> tuple[str, FormKind] | None:
        """Of those closed before, of which something is kept, the first."""
        query = {**KEPT, "ended_at": {"$lt": before}}
        with translated_calls():
            rows = await self._evaluations.find(query, {"run": 1, "form": 1}).sort("ended_at", 1).limit(1).to_list(None)
        return (rows[0]["run"], FormKind(rows[0]["form"])) if rows else None

    async def note_nothing_kept(self, run: str, kind: FormKind, session: Session) -> None:
        gone = {"$unset": dict.fromkeys(KEPT, "")}
        await self._evaluations.update_one({"_id": evaluation_id(run, kind)}, gone, session=session)

    async def with_batch(self, after: str, limit: int) -> list[tuple[str, int]]:
        """Ids of those with five or more that are held, and how many have answered. An index holds just these."""
        query = {**HAS_BATCH, "_id": {"$gt": after}}
        with translated_calls():
            found = self._evaluations.find(query, {"answered": True}).sort("_id", 1).limit(limit)
            return [(row["_id"], row["answered"]) async for row in found]

    async def still_open(self, after: str, limit: int) -> list[tuple[str, bool]]:
        """Ids of those that have not been closed, and whether what is held was sealed with an older key."""
        query = {**IS_OPEN, "_id": {"$gt": after}}
        with translated_calls():
            found = self._evaluations.find(query, {"pool.key_id": True}).sort("_id", 1).limit(limit)
            return [(row["_id"], self._is_older(row.get("pool"))) async for row in found]

    def _is_older(self, pool: Document | None) -> bool:
        return pool is not None and pool["key_id"] in self._ring.ids[1:]

    def _sealed(self, id: str, pool: Pool) -> Document | None:
        if pool == Pool():
            return None
        written = orjson.dumps(_pool_document(pool))
        sealed = self._ring.seal_bytes(written.ljust(-(-len(written) // PORTION) * PORTION), id)
        return {"key_id": sealed.key_id, "sealed": sealed.text}

    def _opened(self, row: Document) -> Pool:
        stored = row["pool"]
        if stored is None:
            return Pool()
        return _pool_of(orjson.loads(self._ring.open_bytes(Sealed(stored["key_id"], stored["sealed"]), row["_id"])))


def _values(evaluation: Evaluation) -> Document:
    """All but the pool, and what an index selects by."""
    chosen = evaluation.chosen
    return {
        "chosen": None if chosen is None else {"key": chosen.key, "version": chosen.version},
        "opens_at": evaluation.opens_at,
        "closes_at": evaluation.closes_at,
        "answered": evaluation.answered,
        "held": evaluation.held,
        "released": evaluation.released,
        "withheld": evaluation.withheld,
        "closed": evaluation.closed,
        "sums": [{"question": key, **_sum_document(one)} for key, one in sorted(evaluation.sums.items())],
        "gains": evaluation.gains,
        "gained": evaluation.gained,
        "seq": evaluation.seq,
        "version": evaluation.version,
    }


def _evaluation_of(row: Document) -> Evaluation:
    chosen = row["chosen"]
    names = ("opens_at", "closes_at", "answered", "held", "released", "withheld", "closed", "gains", "gained", "seq")
    return Evaluation(
        row["run"],
        FormKind(row["form"]),
        chosen=None if chosen is None else Chosen(chosen["key"], chosen["version"]),
        sums={one["question"]: _sum_of(one) for one in row["sums"]},
        version=row["version"],
        **{name: row[name] for name in names},
    )


def _sum_document(one: Sum) -> dict[str, Any]:
    """Counts as pairs: what somebody called a choice may have a dot."""
    return {"answers": one.answers, "counts": [list(pair) for pair in sorted(one.counts.items())], "total": one.total}


def _sum_of(row: dict[str, Any]) -> Sum:
    return Sum(row["answers"], dict(row["counts"]), row["total"])


def _pool_document(pool: Pool) -> dict[str, Any]:
    return {
        "held": [[dict(one.answers), one.gain] for one in pool.held],
        "gains": list(pool.gains),
        "carried": {key: _sum_document(one) for key, one in pool.carried.items()},
    }


def _pool_of(stored: dict[str, Any]) -> Pool:
    return Pool(
        tuple(Held(answers, gain) for answers, gain in stored["held"]),
        tuple(stored["gains"]),
        {key: _sum_of(one) for key, one in stored["carried"].items()},
    )
