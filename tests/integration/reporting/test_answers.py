"""Events in the log, answers over HTTP: scenario A, coverage, and waiting for what one has seen elsewhere."""

from datetime import date
from typing import Any

from services.enrolment.directory.domain.reference import Membership, Unit, UnitKind, bundled
from shared.events.catalogue import RunCancelled
from shared.events.seats import Place
from shared.rights import Role
from tests.integration.reporting.conftest import Log, Service
from tests.support.api import NO_POSITION
from tests.support.waiting import until
from tests.unit.reporting.histories import CHIANG_MAI, PERSONNEL, YALA, History, scenario_a

REGIONS = {"C": 17, "E": 8, "N": 17, "NE": 20, "S": 11, "SB": 3}
GROUPS = {
    "CL1": 3,
    "CL2": 4,
    "CU": 6,
    "CV": 4,
    "E1": 3,
    "E2": 5,
    "NEL1": 4,
    "NEL2": 4,
    "NEM": 4,
    "NEU1": 5,
    "NEU2": 3,
    "NL1": 5,
    "NL2": 4,
    "NU1": 4,
    "NU2": 4,
    "SA": 6,
    "SB": 3,
    "SG": 5,
}


def provinces() -> list[Place]:
    """The 76 offices of 2563, by the register that the directory starts from."""
    reference, on = bundled(), date(2020, 8, 1)
    places = []
    for office in reference.units.values():
        if office.kind is UnitKind.PROVINCIAL_OFFICE and in_force(office, on):
            (membership,) = (m for m in reference.memberships[office.province or ""] if in_force(m, on))
            group = reference.groups[membership.group]
            places.append(Place(unit=office.id, province=office.province, group=group.key, region=group.region))
    return places


def in_force(what: Unit | Membership, on: date) -> bool:
    """Both days belong to it."""
    return (what.valid_from is None or what.valid_from <= on) and (what.valid_to is None or on <= what.valid_to)


async def test_a_run_is_reported_as_soon_as_its_events_are_there(log: Log, service: Service) -> None:
    history = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)
    (position,) = await log.publish([history])
    answer = await service.get("runs/r1", after=position)
    assert (answer["seats"], answer["nominations"], answer["confirmed"], answer["waitlistRemaining"]) == (1, 2, 1, 1)
    assert (answer["title"], answer["target"], answer["programme"]) == (None, 1, "p1")
    answer = await service.get("runs/r1", after=await log.plan_run(capacity=5))
    assert (answer["capacity"], answer["target"], answer["state"]) == (5, 5, "OPEN")
    assert answer["asOf"]["event"] is not None


async def test_scenario_a(log: Log, service: Service) -> None:
    histories = scenario_a(provinces())
    after = [await log.plan_programme(), await log.plan_run(), (await log.publish(histories))[-1]]
    answer = await service.get("runs/r1", after=after)
    assert {name: answer[name] for name in ("target", "capacity", "seats", "quotaBuckets")} == {
        "target": 100,
        "capacity": 100,
        "seats": 100,
        "quotaBuckets": 77,
    }
    assert (answer["nominations"], answer["confirmed"], answer["withdrawn"]) == (113, 100, 2)
    assert (answer["confirmedProvincial"], answer["confirmedCentral"]) == (76, 24)
    assert (answer["reportDue"], answer["reportDueFiscalYear"]) == ("2020-10-30", 2564)
    assert (answer["reminder5WorkingDaysBefore"], answer["reportOverdue"]) == ("2020-08-24", True)
    assert (answer["waitlistRemaining"], answer["submitted"], answer["rejected"], answer["free"]) == (11, 0, 0, 0)
    assert (answer["nominationsProvincialPrimary"], answer["nominationsProvincialReserve"]) == (77, 10)
    assert answer["nominationsCentral"] == 26
    assert (answer["confirmedByRegion"], answer["confirmedByGroup"]) == (REGIONS, GROUPS)
    assert answer["provinceCoverage"] == {"covered": 76, "of": 76, "percentage": 100.0, "text": "76/76"}
    assert answer["byTarget"]["HR"]["confirmed"] == 76
    assert [row["key"] for row in answer["byUnit"]][:2] == ["OPS", "PO-11"]
    assert answer["frameworkTags"] == ["ISSUE_2"]

    by_group = await service.get("coverage", by="group", fiscalYear=2563)
    assert {row["key"]: row["confirmed"] for row in by_group["rows"]} == GROUPS
    totals = by_group["totals"]
    assert (totals["programmes"], totals["runs"], totals["confirmed"], totals["percentage"]) == (1, 1, 100, 100.0)
    programme = await service.get("programmes/p1")
    assert (programme["target"], programme["totals"]["confirmed"], programme["runs"][0]["key"]) == (100, 100, "r1")


async def test_a_run_of_central_units_covers_no_province(log: Log, service: Service) -> None:
    (after,) = await log.publish([History.of(PERSONNEL, 2).nominate("a", PERSONNEL)])
    thai = await service.get("runs/r1", after=after, language="th")
    english = await service.get("runs/r1")
    assert thai["provinceCoverage"] == {"covered": None, "of": None, "percentage": None, "text": "ไม่เกี่ยวข้อง"}
    assert english["provinceCoverage"]["text"] == "not applicable"
    assert (english["confirmedCentral"], english["confirmedByRegion"]) == (1, {})


async def test_coverage_shows_the_provinces_that_nothing_reached(log: Log, service: Service) -> None:
    await log.publish([History.of(CHIANG_MAI, 2).nominate("a", CHIANG_MAI)])
    after = [
        await log.office("50", "NU1", "N", "เชียงใหม่"),
        await log.office("95", "SB", "SB", "ยะลา"),
        "r1:HR:PO-50:2",
    ]
    answer = await service.get("coverage", fiscalYear=2563, after=after)
    reached, missed = answer["rows"]
    assert (reached["key"], reached["nameTh"], reached["percentage"]) == ("50", "เชียงใหม่", 50.0)
    assert reached["runs"] == {"offered": 1, "reached": 1}
    assert (missed["key"], missed["seats"], missed["percentage"]) == ("95", 0, None)
    assert missed["runs"] == {"offered": 0, "reached": 0}
    before_the_cut = await service.get("coverage", fiscalYear=2550)
    assert before_the_cut["rows"] == []


DIMENSIONS = {
    "province": {"50": 1, "95": 1},
    "group": {"NU1": 1, "SB": 1},
    "region": {"CENTRAL": 2, "N": 1, "SB": 1},
    "unit": {"OPS": 2, "PO-50": 1, "PO-95": 1},
    "run": {"r1": 1, "r2": 3},
    "programme": {"p1": 1, "p2": 3},
    "fiscalYear": {"2567": 4},
}


async def test_coverage_by_every_dimension(log: Log, service: Service) -> None:
    """Without a year it is that of the newest one that has begun: not all that ever was, nor what is only planned."""
    later: dict[str, Any] = {"run": "r2", "programme": "p2", "fiscal_year": 2567}
    after = await log.publish(
        [
            History.of(CHIANG_MAI, 1, fiscal_year=2567).nominate("a", CHIANG_MAI),
            History.of(YALA, 1, **later).nominate("b", YALA),
            History.of(PERSONNEL, 3, **later).nominate("c", PERSONNEL).nominate("d", PERSONNEL),
            History.of(PERSONNEL, 3, run="r0", fiscal_year=2563).nominate("e", PERSONNEL),
            History.of(PERSONNEL, 3, run="r3", fiscal_year=2700).nominate("f", PERSONNEL),
        ]
    )
    answers = {by: await service.get("coverage", by=by, after=after) for by in DIMENSIONS}
    assert {
        by: {row["key"]: row["confirmed"] for row in answer["rows"]} for by, answer in answers.items()
    } == DIMENSIONS
    assert {answer["totals"]["confirmed"] for answer in answers.values()} == {4}
    assert {answer["fiscalYear"] for answer in answers.values()} == {2567}
    assert (await service.get("coverage", fiscalYear=2563))["totals"]["confirmed"] == 1
    assert (await service.get("coverage", run="r3"))["totals"]["confirmed"] == 1


async def test_one_person_in_two_runs_is_one_person(log: Log, service: Service) -> None:
    """Whoever withdraws, is replaced or only waits is not counted; who moved to another office counts at each."""
    later: dict[str, Any] = {"run": "r2", "programme": "p2"}
    after = await log.publish(
        [
            History.of(CHIANG_MAI, 3).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI).nominate("c", CHIANG_MAI),
            History.of(YALA, 1).nominate("d", YALA).nominate("e", YALA).withdraw("d"),
            History.of(CHIANG_MAI, 2, **later)
            .nominate("a2", CHIANG_MAI, person="a")
            .nominate("b2", CHIANG_MAI, person="b")
            .nominate("c2", CHIANG_MAI, person="c")
            .substitute("b2", "f"),
            History.of(YALA, 2, **later).nominate("c3", YALA, person="c"),
        ]
    )
    for by, expected in {
        "province": {"50": (5, 4), "95": (2, 2)},
        "unit": {"PO-50": (5, 4), "PO-95": (2, 2)},
        "run": {"r1": (4, 4), "r2": (3, 3)},
        "programme": {"p1": (4, 4), "p2": (3, 3)},
        "fiscalYear": {"2563": (7, 5)},
    }.items():
        answer = await service.get("coverage", by=by, after=after, fiscalYear=2563)
        rows = {row["key"]: (row["confirmed"], row["persons"]) for row in answer["rows"]}
        assert rows == expected, by
        assert (answer["totals"]["confirmed"], answer["totals"]["persons"]) == (7, 5)
    office = await service.get("coverage", Role.PROVINCIAL_HR, "PO-95", by="province", fiscalYear=2563)
    assert [(row["key"], row["persons"]) for row in office["rows"]] == [("95", 2)]
    one = await service.get("coverage", by="province", run="r2")
    assert (one["totals"]["persons"], one["totals"]["confirmed"]) == (3, 3)


async def test_a_cancelled_run_covers_nobody(log: Log, service: Service) -> None:
    await log.publish([History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI)])
    await log.plan_run()
    after = ["r1:HR:PO-50:2", await log.end_run(RunCancelled)]
    assert (await service.get("coverage", after=after))["totals"]["confirmed"] == 0
    run = await service.get("runs/r1")
    assert (run["state"], run["confirmed"]) == ("CANCELLED", 1)


async def test_runs_come_in_pages_newest_first(log: Log, service: Service) -> None:
    for number in range(5):
        after = await log.plan_run(f"r{number}")
    first = await service.get("runs", limit=3, after=after)
    second = await service.get("runs", limit=3, cursor=first["next"])
    assert [row["run"] for row in first["items"] + second["items"]] == ["r4", "r3", "r2", "r1", "r0"]
    assert second["next"] is None
    assert (await service.get("runs", fiscalYear=2567))["items"] == []


async def test_what_has_not_arrived_is_waited_for_and_then_refused(log: Log, service: Service) -> None:
    refused = await service.get("runs/r1", after="r1:HR:PO-50:9", status=504)
    assert refused["code"] == "not-yet-visible"
    assert "PO-50" not in str(refused), "whoever holds a token is told nothing of what it stands for"
    assert (await service.get("runs/r1", after=NO_POSITION, status=400))["code"] == "invalid-position"


async def test_lag_is_zero_when_everything_is_applied(log: Log, service: Service) -> None:
    (after,) = await log.publish([History.of(CHIANG_MAI, 1)])

    async def settled() -> bool:
        answer = await service.get("runs/r1", after=after)
        return bool(answer["lag"] == 0.0 and answer["asOf"]["eventsBehind"] == 0)

    await until(settled)


async def test_what_is_not_there(service: Service) -> None:
    for path in ("runs/none", "programmes/none", "coverage?by=province&key=10"):
        assert (await service.get(path, Role.EXECUTIVE, status=404))["code"] == "not-found"
    assert (await service.get("coverage?by=colour", status=422))["code"] == "invalid-parameter"
    assert (await service.get("coverage?fiscalYear=63", status=422))["code"] == "invalid-parameter"
