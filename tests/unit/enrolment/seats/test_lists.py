"""Lists of nominations: every query begins with the fields of an index, so that a page does not read the whole run."""

from typing import Any

import pytest

from services.enrolment.seats.domain.records import Wanted
from services.enrolment.seats.storage.queries import list_query, office_of
from services.enrolment.seats.storage.specs import NOMINATIONS
from shared.events.seats import NominationState
from shared.rights import Scope
from tests.support.indexes import Asked, served

EVERYBODY = Scope(all=True, names=True)
ALL_STATES = {"$in": [state.value for state in NominationState]}
CHIANG_MAI = Scope(unit="PO-50", names=True)


def conditions(scope: Scope, after: str | None = None, **wanted: Any) -> list[dict[str, Any]]:
    query = list_query("r", scope, Wanted(**wanted), after)
    assert list(query) == ["$and"]
    parts: list[dict[str, Any]] = query["$and"]
    return parts


@pytest.mark.parametrize(
    ("scope", "wanted", "office"),
    [
        (EVERYBODY, {}, None),
        (EVERYBODY, {"unit": "PO-50.HR"}, "PO-50"),
        (EVERYBODY, {"unit": "PERS"}, "OPS"),
        (EVERYBODY, {"bucket_unit": "PO-50.HR"}, "PO-50"),
        (EVERYBODY, {"bucket_unit": "OPS"}, None),
        (EVERYBODY, {"bucket_unit": "PO"}, None),
        (CHIANG_MAI, {"bucket_unit": "PO"}, "PO-50"),
        (CHIANG_MAI, {}, "PO-50"),
        (CHIANG_MAI, {"unit": "PO-50.HR", "bucket_unit": "OPS"}, "PO-50"),
        (CHIANG_MAI, {"unit": "PO-95"}, {"$in": []}),
        (Scope(unit="PERS"), {}, "OPS"),
        (Scope(unit="OPS"), {}, "OPS"),
        (Scope(unit="PO-50", person="p"), {}, None),
        (Scope(person="p"), {}, None),
    ],
)
def test_a_list_names_the_office_wherever_there_is_one(scope: Scope, wanted: dict[str, str], office: Any) -> None:
    first = conditions(scope, **wanted)[0]
    assert first == {"run": "r", "state": ALL_STATES} | ({} if office is None else {"office": office})
    indexes = {index.fields for index in NOMINATIONS.indexes}
    assert ("run", *(("office",) if "office" in first else ()), "state", "_id") in indexes


@pytest.mark.parametrize("state", [None, "SUBMITTED"])
def test_the_warned_are_found_by_an_index_that_holds_just_these(state: str | None) -> None:
    (first,) = conditions(EVERYBODY, "n5", state=state, warned=True)
    assert first["warned"] is True
    found = served(Asked("nominations", first, (("_id", 1),), 100), NOMINATIONS.indexes)
    assert (found.index, found.beside) == ("run_warned_state__id", frozenset()) if found else False


def test_what_the_index_cannot_say_is_a_condition_of_its_own() -> None:
    first, *rest = conditions(CHIANG_MAI, "n5", state="WAITLISTED", bucket_unit="OPS", unit="PO-50.HR", person="p")
    assert first == {"run": "r", "state": {"$in": ["WAITLISTED"]}, "office": "PO-50", "_id": {"$gt": "n5"}}
    assert rest == [
        {"$or": [{"place.unit": {"$regex": r"^PO\-50(\.|$)"}}]},
        {"$or": [{"place.unit": {"$regex": r"^PO\-50\.HR(\.|$)"}}]},
        {"bucket_unit": "OPS", "person": "p"},
    ]


def test_who_may_see_nothing_sees_nothing() -> None:
    assert conditions(Scope())[1:] == [{"$or": [{"_id": {"$in": []}}]}]


@pytest.mark.parametrize(
    ("unit", "office"), [("PO-50", "PO-50"), ("PO-50.HR", "PO-50"), ("PERS", "OPS"), ("PERS.HR", "OPS"), ("OPS", "OPS")]
)
def test_the_office_of_a_unit(unit: str, office: str) -> None:
    assert office_of(unit) == office
