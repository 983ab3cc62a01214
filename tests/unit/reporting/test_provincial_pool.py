"""Seats of all provincial offices together: they are provincial, in no one region, and offered to every province."""

from datetime import UTC, datetime

import pytest

from services.reporting.answering.domain.gathering import Gathering
from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.reports import (
    Descriptions,
    coverage_report,
    programme_report,
    run_report,
)
from services.reporting.answering.domain.sums import By, Sum, broken_down
from services.reporting.answering.domain.visibility import Visibility
from services.reporting.http.headings import heading
from services.reporting.http.responses import coverage_response, run_response
from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.descriptions import Membership, Unit
from services.reporting.projecting.domain.nominations import Place
from services.reporting.projecting.domain.rollups import Cell, Rollup
from shared.rights import Scope

AT = datetime(2024, 5, 27, tzinfo=UTC)
POOL = Place("PO", None, None, "ALL")
CHIANG_MAI = Place("PO-50.HR", "50", "NU1", "N")
OFFICES = {
    f"PO-{code}": Unit(
        f"PO-{code}",
        "สำนักงาน",
        "Office",
        code,
        "จังหวัด",
        code,
        (Membership("NU1", "N", "2009-01-01", None),),
        None,
        None,
        AT,
    )
    for code in ("50", "51", "95")
}


def pooled(seats: int = 9) -> Rollup:
    made = Rollup("r1", "p1", 2567, AT, AT)
    made.buckets["K3", "PO"] = Bucket("K3", "PO", POOL, seats, 2)
    made.buckets["HR", "OPS"] = Bucket("HR", "OPS", Place("OPS", None, None, "CENTRAL"), 4)
    made.cells[Cell("K3", "PO", CHIANG_MAI)] = {"c1": 2}
    return made


def test_its_seats_are_provincial_and_of_no_region() -> None:
    sides = broken_down([pooled()], By.SIDE)
    assert {side: part.seats for side, part in sides.items()} == {"PROVINCIAL": 9, "CENTRAL": 4}
    regions = broken_down([pooled()], By.REGION)
    assert {region: (part.seats, part.confirmed) for region, part in regions.items()} == {
        "N": (0, 2),
        "CENTRAL": (4, 0),
    }


def test_it_is_offered_to_every_province() -> None:
    answer = run_response(run_report("r1", None, (), pooled(), Names(OFFICES), coarse=False), "en")
    assert answer["provinceCoverage"]["text"] == "1/3"
    nowhere = run_response(run_report("r1", None, (), pooled(seats=0), Names(OFFICES), coarse=False), "en")
    assert nowhere["provinceCoverage"]["text"] == "1/1"


def test_so_it_is_in_the_reports_of_programmes_and_years() -> None:
    gathering = Gathering(By.RUN, False)
    gathering.add([pooled()])
    report = programme_report("p1", None, gathering, {}, Names(OFFICES))
    assert report.totals.sum.offered == {"50", "51", "95"}
    years = Gathering(By.FISCAL_YEAR, False)
    years.add([pooled()])
    answer = coverage_response(coverage_report(years, None, Descriptions(Names(OFFICES))), "en")
    assert [row["provinceCoverage"]["text"] for row in answer["rows"]] == ["1/3"]


@pytest.mark.parametrize(("unit", "seats"), [("PO-50", 0), ("OPS", 4), ("PERS", 0)])
def test_no_office_and_no_central_unit_counts_its_seats_as_the_own(unit: str, seats: int) -> None:
    part = Visibility(Scope(unit=unit)).part_of(pooled())
    assert sum(bucket.seats for bucket in part.buckets.values()) == seats if part else seats == 0


def test_it_has_a_name() -> None:
    named = heading(By.UNIT, "PO", Descriptions(Names(OFFICES)))
    assert (named["nameEn"], named["province"]) == ("All provincial offices", None)


def test_sums_of_runs_keep_it() -> None:
    whole = Sum()
    whole.add(Sum(everywhere=True))
    whole.add(Sum())
    whole.offer_everywhere(["50"])
    assert whole.offered == {"50"}
