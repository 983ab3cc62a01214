"""Reads a collection page by page."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from shared.mongo import Collection, Document, translated_calls

PAGE = 1_000
DOCUMENTS = 500


async def pages(
    collection: Collection,
    projection: Mapping[str, bool] | None = None,
    size: int = DOCUMENTS,
    within: Mapping[str, Any] | None = None,
) -> AsyncIterator[list[Document]]:
    """All documents in the order of their ids; each page is a separate query, so that no cursor times out. `within`
    bounds the ids from below and above."""
    bounds = dict(within or {})
    while True:
        query = {"_id": bounds} if bounds else {}
        with translated_calls():
            page: list[Document] = await collection.find(query, projection).sort("_id", 1).limit(size).to_list(None)
        if not page:
            return
        yield page
        bounds.pop("$gte", None)
        bounds["$gt"] = page[-1]["_id"]
