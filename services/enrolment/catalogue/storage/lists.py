"""Lists of programmes and of runs, each page along an index. Outsiders are shown what was once published, and no page
passes a draft on their behalf."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from services.enrolment.catalogue.domain.programmes import Programme, State
from services.enrolment.catalogue.domain.runs import Run, RunState
from services.enrolment.catalogue.storage import programme_of, run_of
from services.enrolment.catalogue.storage.specs import PROGRAMMES, RUNS
from shared.mongo import Database, Document
from shared.mongo.searching import beside, conditions, fill_in, rarest, search_fields
from shared.mongo.walking import ASCENDING, DESCENDING, PASSED, Order, Walk, Walked, walk
from shared.pages import InvalidCursor, Key, OrderNotServed
from shared.thai import Sought, sort_key, words_of

SORTS: Final[Mapping[str, Order]] = {
    "-created": (("_id", DESCENDING),),
    "created": (("_id", ASCENDING),),
    "title": (("title_key", ASCENDING), ("_id", ASCENDING)),
    "-title": (("title_key", DESCENDING), ("_id", DESCENDING)),
}
RUN_SORTS: Final[Mapping[str, Order]] = {
    "start": (("starts_at", ASCENDING), ("_id", ASCENDING)),
    "-start": (("starts_at", DESCENDING), ("_id", DESCENDING)),
}
# In which states there are none that were never published, but for those that were cancelled before.
_SEEN: Final = (State.PUBLISHED, State.CLOSED, State.CANCELLED)
_SEEN_RUNS: Final = (RunState.OPEN, RunState.CLOSED, RunState.CANCELLED)
_WAS_OPENED: Final[Document] = {
    "$or": [
        {"opened": True},
        {"opened": None, "state": {"$in": [RunState.OPEN.value, RunState.CLOSED.value]}},
    ]
}
_UNREAD: Final = {"tokens": 0, "search_key": 0}
_UNREAD_OF_RUNS: Final = {**_UNREAD, "target_groups": 0, "chair": 0}


@dataclass(frozen=True, slots=True)
class ProgrammesWanted:
    """What a list of programmes is narrowed to; None: not narrowed."""

    sought: Sought
    state: State | None = None
    fiscal_year: int | None = None
    organiser: str | None = None
    code: str | None = None

    def fields(self) -> Document:
        """In the order in which they narrow most, each of which an index begins with."""
        fields = {"code": self.code, "organiser": self.organiser, "fiscal_year": self.fiscal_year}
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RunsWanted:
    """What a list of runs is narrowed to: those that begin from `since` on and before `until`."""

    sought: Sought
    state: RunState | None = None
    fiscal_year: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class RunOfList(NamedTuple):
    """A run, and what tells of which programme it is."""

    run: Run
    code: str
    title: str
    fiscal_year: int


class ProgrammePage(NamedTuple):
    """One more than asked for, if there are more, each with its place. `end`: what to go on behind, when the page ended
    short."""

    rows: list[tuple[Programme, Key]]
    end: Key | None


class RunPage(NamedTuple):
    """The same of runs."""

    rows: list[tuple[RunOfList, Key]]
    end: Key | None


class CatalogueLists:
    def __init__(self, database: Database, *, passed: int = PASSED) -> None:
        self._programmes = database[PROGRAMMES.name]
        self._runs = database[RUNS.name]
        self._passed = passed

    async def programmes(
        self, wanted: ProgrammesWanted, sort: str, after: Key | None, limit: int, *, drafts: bool
    ) -> ProgrammePage:
        """Raises OrderNotServed and InvalidCursor."""
        order, fields = SORTS[sort], wanted.fields()
        if wanted.sought.words and "title_key" in dict(order):
            raise OrderNotServed(by="q", sort=sort)
        states: Document = {"state": {"$in": _states(wanted.state, State, _SEEN, drafts)}}
        also: list[Document] = [] if drafts else [{"published_at": {"$exists": True}}]
        also += conditions(wanted.sought)
        along = states
        if tokens := wanted.sought.tokens:
            token = await rarest(self._programmes, tokens, states)
            along, also = {"tokens": token, **states}, beside(also, token)
        elif fields and "title_key" not in dict(order):
            name = next(iter(fields))
            along = {name: fields.pop(name), **states}
        found = await self._walked(
            Walk(along, order, _all_of([fields, *also])), self._programmes, after, limit, _UNREAD
        )
        rows = [(programme_of(row), _place(row, order)) for row in found.rows]
        return ProgrammePage(rows, found.end)

    async def runs(self, wanted: RunsWanted, sort: str, after: Key | None, limit: int, *, drafts: bool) -> RunPage:
        """Raises InvalidCursor."""
        bounds = {"$gte": wanted.since, "$lt": wanted.until}
        span = {name: bound for name, bound in bounds.items() if bound is not None}
        along: Document = {"state": {"$in": _states(wanted.state, RunState, _SEEN_RUNS, drafts)}}
        also: list[Document] = [] if drafts else [_WAS_OPENED]
        also += [] if wanted.fiscal_year is None else [{"fiscal_year": wanted.fiscal_year}]
        also += conditions(wanted.sought)
        if tokens := wanted.sought.tokens:
            token = await rarest(self._runs, tokens, along)
            along, also = {"tokens": token, **along}, beside(also, token)
        along |= {"starts_at": span} if span else {}
        place = None if after is None else _moment_and_id(after, wanted)
        found = await self._walked(
            Walk(along, RUN_SORTS[sort], _all_of(also)), self._runs, place, limit, _UNREAD_OF_RUNS
        )
        end = (
            None
            if found.end is None
            else _place(dict(zip(("starts_at", "_id"), found.end, strict=True)), RUN_SORTS[sort])
        )
        return RunPage([(_run_of_list(row), _place(row, RUN_SORTS[sort])) for row in found.rows], end)

    async def fill_in_programmes(self) -> bool:
        """Of programmes of before they were found by parts of their titles; whether there may be more."""
        return await fill_in(self._programmes, "tokens", _keys_of_programme, ("title", "code"))

    async def fill_in_runs(self) -> bool:
        return await fill_in(self._runs, "tokens", _keys_of_run, ("title", "code"))

    async def _walked(
        self, path: Walk, collection: Any, after: Sequence[Any] | None, limit: int, fields: Mapping[str, int]
    ) -> Walked:
        if after is not None and len(after) != len(path.order):
            raise InvalidCursor()
        return await walk(collection, path, after, limit, passed=self._passed, fields=fields)


def _keys_of_run(row: Document) -> Document:
    return search_fields(words_of(f"{row['title']} {row['code']}"))


def _keys_of_programme(row: Document) -> Document:
    return {**_keys_of_run(row), "title_key": sort_key(row["title"])}


def _states(one: Any, every: Any, seen: Sequence[Any], drafts: bool) -> list[str]:
    states = [state.value for state in (every if drafts else seen)]
    return states if one is None else [one.value] if one.value in states else []


def _all_of(parts: Sequence[Document]) -> Document:
    kept = [part for part in parts if part]
    return {"$and": kept} if kept else {}


def _place(row: Mapping[str, Any], order: Order) -> Key:
    """What a list is sorted by, as a cursor can have it."""
    values = (row.get(name) for name, _ in order)
    return tuple(round(value.timestamp() * 1000) if isinstance(value, datetime) else value for value in values)


def _moment_and_id(after: Key, wanted: RunsWanted) -> tuple[datetime, str]:
    """A cursor leads nowhere outside the days that are asked for."""
    match after:
        case (int(milliseconds), str(run)):
            try:
                at = datetime.fromtimestamp(milliseconds / 1000, UTC)
            except (ValueError, OverflowError, OSError) as error:
                raise InvalidCursor() from error
            if (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until):
                return at, run
    raise InvalidCursor()


def _run_of_list(row: Document) -> RunOfList:
    return RunOfList(run_of(row), row["code"], row["title"], row["fiscal_year"])
