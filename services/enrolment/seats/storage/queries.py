"""A page of a list as a query that an index serves."""

from services.enrolment.directory import root_unit
from services.enrolment.seats.domain.model import WaitsFor
from services.enrolment.seats.domain.records import Wanted
from shared.events.seats import NominationState
from shared.mongo import Document
from shared.rights import CENTRAL_POOL, POOLS, Scope


def list_queries(run: str, scope: Scope, wanted: Wanted, after: str | None) -> list[Document]:
    """What is to be read for a page, each in the order of ids: one query, and another for those who have moved into the
    scope, each served by an index of its own. Together, as one `$or`, they would not be on every engine."""
    queries = [moved_query(run, scope, wanted, after)] if scope.unit is not None and not scope.all else []
    return [list_query(run, scope, wanted, after), *queries]


def list_query(run: str, scope: Scope, wanted: Wanted, after: str | None) -> Document:
    """A page of a list. It names run and states, and the office when there is one, for the indexes begin with them and
    give the order of ids, merged over the states: what a page reads does not grow with the run."""
    if wanted.moved:
        return _among_moved({"run": run}, in_scope(scope), wanted, after)
    query: Document = {"run": run, **_states(wanted)}
    if len(offices := _offices(scope, wanted)) == 1:
        query["office"] = next(iter(offices))
    elif offices:
        query["office"] = {"$in": []}  # nobody is of two
    if wanted.warned:
        query["warned"] = True
    return _page_of(query, in_scope(scope), wanted, after)


def moved_query(run: str, scope: Scope, wanted: Wanted, after: str | None) -> Document:
    """The same for people who belong to the unit of the scope now, and did not when they were nominated."""
    reach = Scope(unit=scope.unit).condition(unit="present_unit", person="person")
    return _among_moved({"run": run, "present_office": office_of(str(scope.unit))}, reach, wanted, after)


def _among_moved(query: Document, reach: Document, wanted: Wanted, after: str | None) -> Document:
    also = {"state": wanted.state, "warned": wanted.warned or None}
    query |= {"moved": True, **{name: value for name, value in also.items() if value is not None}}
    return _page_of(query, reach, wanted, after)


def _page_of(query: Document, reach: Document, wanted: Wanted, after: str | None) -> Document:
    if after is not None:
        query["_id"] = {"$gt": after}
    exact = {"bucket_unit": wanted.bucket_unit, "person": wanted.person}
    below = Scope(all=wanted.unit is None, unit=wanted.unit)
    parts = [reach, in_scope(below), {name: value for name, value in exact.items() if value is not None}]
    return {"$and": [query, *(part for part in parts if part)]}


def _states(wanted: Wanted) -> Document:
    """What waits for an approval is in indexes of its own, in the place of the state."""
    if wanted.waits_for is None:
        states = [wanted.state] if wanted.state is not None else [state.value for state in NominationState]
        return {"state": {"$in": states}}
    of_seat = wanted.waits_for is WaitsFor.SEAT
    state = NominationState.WAITLISTED if of_seat else NominationState.SUBMITTED
    if wanted.state not in (None, state):
        return {"state": {"$in": []}}
    return {"state": {"$in": [state]}} if of_seat else {"waits_for": wanted.waits_for.value}


def _offices(scope: Scope, wanted: Wanted) -> set[str]:
    """The seats of a pool are for people of many offices, and a person is found whatever the office."""
    units = [wanted.unit, None if wanted.bucket_unit in POOLS else wanted.bucket_unit]
    if not scope.all and scope.person is None:
        units.append(scope.unit)
    return {office_of(unit) for unit in units if unit is not None}


def office_of(unit: str) -> str:
    """The provincial office above a unit, or OPS for all others."""
    return root_unit(unit) if unit.startswith("PO-") else CENTRAL_POOL


def in_scope(scope: Scope) -> Document:
    """What somebody with this scope may see."""
    return scope.condition(unit="place.unit", person="person")


def in_reach(scope: Scope) -> Document:
    """The same, and whoever has moved into it."""
    condition = in_scope(scope)
    if (pattern := scope.unit_pattern()) is not None:
        condition["$or"].append({"present_unit": {"$regex": pattern}})
    return condition
