"""The nominations ex officio of a run, by the units of their posts. An index holds just these, ordered by a key."""

from collections.abc import Collection, Mapping
from typing import Final

from services.enrolment.seats.domain.model import Nomination
from services.enrolment.seats.storage.nomination_documents import ex_officio_key, nomination_of
from services.enrolment.seats.storage.queries import in_scope
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.mongo import Database, Document, translated_calls
from shared.rights import Scope

Post = tuple[str, str]
_KEY: Final = "ex_officio.key"
_BEHIND_ALL: Final = "\uffff"


class NominationsExOfficio:
    """In the collection of nominations."""

    def __init__(self, database: Database) -> None:
        self._nominations = database[NOMINATIONS.name]

    async def of_posts(self, run: str, posts: Collection[Post]) -> Mapping[Post, list[Nomination]]:
        """All of these posts, live or not, the oldest first."""
        found: dict[Post, list[Nomination]] = {post: [] for post in posts}
        if found:
            units = {unit for unit, _ in found}
            # Their keys have another order than units: that of PO-50 comes behind those of its groups.
            begins = min(ex_officio_key(run, unit) for unit in units)
            behind = max(ex_officio_key(run, unit, _BEHIND_ALL) for unit in units)
            query = {_KEY: {"$gte": begins, "$lt": behind}}
            with translated_calls():
                async for row in self._nominations.find(query).sort(_KEY, 1):
                    held = row["ex_officio"]
                    if (post := (held["unit"], held["post"])) in found:
                        found[post].append(nomination_of(row))
        return found

    async def page(self, run: str, scope: Scope, after: tuple[str, str] | None, limit: int) -> list[Nomination]:
        """Within the scope, by the unit of the post, live or not; one more than `limit`."""
        begins = f"{run}|" if after is None else ex_officio_key(run, *after)
        query: Document = {_KEY: {"$gt": begins, "$lt": f"{run}|{_BEHIND_ALL}"}}
        query |= in_scope(scope)
        with translated_calls():
            rows = self._nominations.find(query).sort(_KEY, 1).limit(limit + 1)
            found: list[Document] = await rows.to_list(None)
        return [nomination_of(row) for row in found]
