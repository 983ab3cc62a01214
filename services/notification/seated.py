"""Which units have seats in a run, as the read model knows them."""

from collections.abc import Iterable

from shared.mongo import Collection, Session
from shared.rights import POOLS


async def units_with_seats(
    buckets: Collection, runs: Iterable[str], session: Session | None = None
) -> dict[str, set[str]]:
    """By run, those that have seats of their own in it: at most as many as it has buckets. A pool is nobody's."""
    units: dict[str, set[str]] = {run: set() for run in runs}
    found = buckets.find({"run": {"$in": list(units)}}, {"run": 1, "bucket_unit": 1, "seats": 1}, session=session)
    async for row in found:
        if row["seats"] and row["bucket_unit"] not in POOLS:
            units[row["run"]].add(row["bucket_unit"])
    return units
