"""Who sees what of the same events."""

from typing import Any

import pytest

from shared.events.catalogue import RunCancelled
from shared.rights import Role
from tests.integration.reporting.conftest import Log, Service
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, YALA, History

DAMRONG = PERSONNEL.model_copy(update={"unit": "DRI"})
COUNTS = ("seats", "nominations", "confirmed", "submitted", "waitlistRemaining", "withdrawn", "rejected")


@pytest.fixture
async def reported(log: Log, service: Service) -> Service:
    """Run r1: Chiang Mai 2 of 3, Yala 1 of 1, centre 7 (PERS 6, DRI 1) of 10; run r2: Yala alone."""
    centre = History.of(PERSONNEL, 10)
    for number in range(6):
        centre.nominate(f"c{number}", PERSONNEL)
    await log.publish(
        [
            History.of(CHIANG_MAI, 3)
            .nominate("a", CHIANG_MAI)
            .nominate("b", CHIANG_MAI)
            .nominate("c", CHIANG_MAI, needs_approval=True),
            History.of(YALA, 1).nominate("y", YALA),
            centre.nominate("d", DAMRONG),
            History.of(YALA, 1, run="r2").nominate("z", YALA),
        ]
    )
    await log.office("50", "NU1", "N", "เชียงใหม่")
    await log.plan_programme()
    after = [await log.office("95", "SB", "SB", "ยะลา"), await log.plan_run(), await log.plan_run("r2")]
    await service.get("runs/r1", after=[*after, "r1:HR:PO-50:4", "r1:HR:OPS:8", "r2:HR:PO-95:2", "r1:HR:PO-95:2"])
    return service


async def test_everybody_who_sees_all_sees_the_same(reported: Service) -> None:
    for role in (Role.HR_OFFICER, Role.EXECUTIVE):
        answer = await reported.get("runs/r1", role, "PERS")
        assert {name: answer[name] for name in COUNTS} == dict(zip(COUNTS, (14, 11, 10, 1, 0, 0, 0), strict=True))
        assert len(answer["byUnit"]) == 3


async def test_a_province_sees_its_own_part_only(reported: Service) -> None:
    own: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-50"}
    answer = await reported.get("runs/r1", **own)
    assert {name: answer[name] for name in COUNTS} == dict(zip(COUNTS, (3, 3, 2, 1, 0, 0, 0), strict=True))
    assert (answer["confirmedByRegion"], answer["confirmedCentral"]) == ({"N": 2}, 0)
    assert [row["key"] for row in answer["byUnit"]] == ["PO-50"]
    assert answer["provinceCoverage"]["text"] == "1/1"

    coverage = await reported.get("coverage", **own)
    assert [row["key"] for row in coverage["rows"]] == ["50"]
    assert coverage["totals"]["confirmed"] == 2
    assert (await reported.get("coverage", **own, key="50"))["rows"] == coverage["rows"]
    assert [row["run"] for row in (await reported.get("runs", **own))["items"]] == ["r1"]
    assert (await reported.get("programmes/p1", **own))["totals"]["seats"] == 3


async def test_another_province_is_not_found(reported: Service) -> None:
    own: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": "PO-50", "status": 404}
    for path in ("coverage?by=province&key=95", "coverage?by=unit&key=PO-95", "coverage?by=run&key=r2", "runs/r2"):
        assert (await reported.get(path, **own))["code"] == "not-found"
    nobody: dict[str, Any] = {"role": Role.PROVINCIAL_HR, "unit": None}
    assert (await reported.get("runs/r1", **nobody, status=404))["code"] == "not-found"
    assert (await reported.get("runs", **nobody))["items"] == []
    assert (await reported.get("coverage", **nobody))["rows"] == []


async def test_a_supervisor_sees_the_people_of_the_own_unit(reported: Service) -> None:
    answer = await reported.get("runs/r1", Role.SUPERVISOR, "DRI")
    assert (answer["confirmed"], answer["confirmedCentral"], answer["confirmedProvincial"]) == (1, 1, 0)
    assert (await reported.get("runs/r2", Role.SUPERVISOR, "DRI", status=404))["code"] == "not-found"


async def test_an_observer_sees_no_small_numbers(reported: Service) -> None:
    answer = await reported.get("runs/r1", Role.OCSC_OBSERVER)
    assert (answer["confirmed"], answer["suppressed"], answer["byUnit"]) == (10, True, None)
    # 7 and 3: the small side is hidden, and the other one because 10 - 7 would tell it.
    assert (answer["confirmedCentral"], answer["confirmedProvincial"]) == (None, None)
    assert answer["confirmedByRegion"] == {"N": None, "SB": None}
    assert (answer["submitted"], answer["nominations"]) == (None, None)
    tiny = await reported.get("runs/r2", Role.OCSC_OBSERVER)
    assert (tiny["confirmed"], tiny["seats"], tiny["suppressed"]) == (None, None, True)


async def test_an_observer_sees_no_small_rows(reported: Service) -> None:
    coverage = await reported.get("coverage", Role.OCSC_OBSERVER, by="region")
    assert coverage["totals"]["runsLeftOut"] == 1
    assert coverage["totals"]["confirmed"] == 10
    for row in coverage["rows"]:
        assert (row["confirmed"], row["seats"], row["suppressed"]) == (None, None, True)
    rows = {row["key"]: row for row in (await reported.get("coverage", Role.OCSC_OBSERVER, by="run"))["rows"]}
    assert (rows["r1"]["confirmed"], rows["r2"]["confirmed"]) == (10, None)
    listed = {row["run"]: row for row in (await reported.get("runs", Role.OCSC_OBSERVER))["items"]}
    assert (listed["r1"]["confirmed"], listed["r2"]["confirmed"], listed["r2"]["suppressed"]) == (10, None, True)


async def test_what_was_never_published_is_there_for_those_who_make_it(log: Log, service: Service) -> None:
    """A draft, and one that was given up: to others as if there were none."""
    await log.draft("d1", "draft")
    await log.draft("d2", "given-up")
    after = await log.end_run(RunCancelled, "given-up", "d2")
    paths = ("runs/draft", "runs/given-up", "programmes/d1", "programmes/d2")
    for path in paths:
        assert (await service.get(path, after=after))["code"] == "PERS-2563-001"
        assert (await service.get(path, Role.EXECUTIVE))["code"] == "PERS-2563-001"
        for role, unit in ((Role.OCSC_OBSERVER, None), (Role.PROVINCIAL_HR, "PO-50")):
            assert (await service.get(path, role, unit, status=404))["code"] == "not-found"
    assert len((await service.get("runs"))["items"]) == 2
    assert (await service.get("runs", Role.OCSC_OBSERVER))["items"] == []


async def test_an_observer_pages_over_what_was_published(log: Log, service: Service) -> None:
    for number in range(6):
        run = f"r{number}"
        after = [await (log.plan_run(run) if number % 2 else log.draft("p1", run))]
    for run in ("r1", "r3", "r5"):
        after += await log.publish([History.of(CHIANG_MAI, 1, run=run)])
    await service.get("runs", after=after)
    pages: list[list[str]] = []
    cursor = None
    while not pages or cursor is not None:
        page = await service.get("runs", Role.OCSC_OBSERVER, limit=2, **({} if cursor is None else {"cursor": cursor}))
        pages.append([row["run"] for row in page["items"]])
        cursor = page["next"]
    assert pages == [["r5", "r3"], ["r1"]]


async def test_when_something_happened_is_told_to_those_who_see_what(reported: Service) -> None:
    told = {
        (Role.HR_OFFICER, "PERS"): True,
        (Role.PROVINCIAL_HR, "PO-50"): True,
        (Role.PROVINCIAL_HR, "OPS"): True,
        (Role.SUPERVISOR, "DRI"): False,  # one of seven in the bucket of all central units
        (Role.OCSC_OBSERVER, None): False,
    }
    for (role, unit), shown in told.items():
        for path in ("runs/r1", "runs", "coverage", "programmes/p1"):
            event = (await reported.get(path, role, unit))["asOf"]["event"]
            assert (event is not None) == shown, (role, unit, path)


async def test_a_learner_sees_the_own_nominations_only(reported: Service) -> None:
    own = await reported.get("people/me", Role.LEARNER, "PO-50", "person-c")
    (nomination,) = own["items"]
    assert (nomination["run"], nomination["nominationState"], nomination["unit"]) == ("r1", "SUBMITTED", "PO-50.HR")
    assert nomination["code"] == "PERS-2563-001"
    for path in ("runs/r1", "runs", "coverage", "programmes/p1"):
        assert (await reported.get(path, Role.LEARNER, "PO-50", "person-c", status=403))["code"] == "forbidden"
    stranger = await reported.get("people/me", Role.LEARNER, "PO-50", "person-nobody")
    assert stranger["items"] == []


async def test_only_operators_rebuild_and_they_read_no_report(reported: Service) -> None:
    for role in (Role.HR_OFFICER, Role.EXECUTIVE, Role.OCSC_OBSERVER):
        assert (await reported.post("rebuild", role, status=403))["code"] == "forbidden"
        assert (await reported.get("rebuild", role, status=403))["code"] == "forbidden"
    assert (await reported.get("runs/r1", Role.OPERATOR, status=403))["code"] == "forbidden"
