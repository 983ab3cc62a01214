"""The bundled units are imported once, published once, and can be read by everybody."""

from shared.rights import Role
from tests.integration.enrolment.conftest import Office


async def test_the_reference_data_is_imported_once(office: Office) -> None:
    first = await office.done("POST", "/imports/reference", Role.OPERATOR)
    assert first == {"registered": 491, "describedAnew": 0, "unchanged": 0}
    before = await office.counts()
    again = await office.done("POST", "/imports/reference", Role.INTEGRATION)
    assert again == {"registered": 0, "describedAnew": 0, "unchanged": 491}
    assert await office.counts() == before
    events = await office.published("unit-registered", "PO-50")
    assert [(row["unit"], row["provinceTh"], row["memberships"][0]["group"]) for row in events] == [
        ("PO-50", "เชียงใหม่", "NU1")
    ]


async def test_a_changed_unit_is_published_again(directory: Office) -> None:
    await directory.db["units"].update_one({"_id": "PERS"}, {"$set": {"name_en": "HR", "email": "hr@moi.go.th"}})
    again = await directory.done("POST", "/imports/reference")
    assert (again["describedAnew"], again["unchanged"]) == (1, 490)
    events = (await directory.published("unit-registered", "PERS"))[-1]
    assert (events["nameEn"], events["email"]) == ("Personnel Division", "hr@moi.go.th")


async def test_units_are_read_in_pages(standing: Office) -> None:
    query = {"kind": "PROVINCIAL_OFFICE", "limit": "50"}
    first = await standing.done("GET", "/units", Role.LEARNER, params=query)
    rest = await standing.done("GET", "/units", Role.LEARNER, params=query | {"cursor": first["next"]})
    keys = [unit["key"] for unit in first["items"] + rest["items"]]
    assert (len(keys), keys[0], keys[-1], rest["next"]) == (76, "PO-11", "PO-96", None)


async def test_one_unit_is_read_and_bangkok_has_no_office(standing: Office) -> None:
    unit = await standing.done("GET", "/units/PO-50.HR", Role.OCSC_OBSERVER)
    assert (unit["parent"], unit["function"], unit["province"]) == ("PO-50", "HR", "50")
    assert unit["memberships"] == [{"group": "NU1", "region": "N", "validFrom": "2009-10-01", "validTo": None}]
    assert await standing.refused("GET", "/units/PO-10") == (404, "not-found")


async def test_the_groups_of_an_office(standing: Office) -> None:
    units = await standing.done("GET", "/units", params={"parent": "PO-50"})
    assert [unit["function"] for unit in units["items"]] == ["ADM", "AUD", "DD", "HR", "OSM", "STRAT"]


async def test_areas_levels_and_posts(standing: Office) -> None:
    reference = await standing.done("GET", "/reference", Role.LEARNER)
    assert {name: len(rows) for name, rows in reference.items()} == {
        "regions": 7,  # the six, and CENTRAL or Bangkok beside them
        "groups": 18,
        "provinces": 77,
        "levels": 15,
        "posts": 3,
    }
    assert {level["code"]: level["dpisCode"] for level in reference["levels"]}["M2"] == "D2"


async def test_who_may_import_units(standing: Office) -> None:
    assert await standing.refused("POST", "/imports/reference", Role.EXECUTIVE) == (403, "forbidden")


async def test_the_document_of_the_api_names_every_command(standing: Office) -> None:
    paths = (await standing.http.get("/api/enrolment/openapi.json")).json()["paths"]
    for name in ("submit", "approve", "publish", "close", "cancel"):
        assert "post" in paths[f"/api/enrolment/programmes/{{programme}}/{name}"]
    assert "citizenId" in paths["/api/enrolment/imports/people"]["post"]["description"]
