"""Reports as they go out: what is counted, what it is called, and what an observer gets to see."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.reporting.answering.domain.gathering import Gathering
from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.reports import Descriptions, coverage_report, run_report
from services.reporting.answering.domain.sums import By, broken_down, total
from services.reporting.answering.domain.visibility import Visibility
from services.reporting.http.headings import heading
from services.reporting.http.responses import coverage_response, run_response
from services.reporting.projecting.domain.buckets import Bucket
from services.reporting.projecting.domain.descriptions import Membership, Unit
from services.reporting.projecting.domain.nominations import Place
from services.reporting.projecting.domain.rollups import Cell, Rollup
from shared.events.seats import NominationState, Rank
from shared.problems import Language
from shared.rights import Scope

AT = datetime(2020, 8, 1, tzinfo=UTC)
NORTH, SOUTH = ("50", "NU1", "N"), ("95", "SB", "SB")


def rollup(run: str = "r1", *, programme: str = "p1", **confirmed: int) -> Rollup:
    """`N=3, SB=2, CENTRAL=9`: confirmed people per region, each with ten seats."""
    made = Rollup(run, programme, 2563, AT, AT)
    for region, count in confirmed.items():
        province, group = {"N": ("50", "NU1"), "SB": ("95", "SB"), "E": ("20", "E1")}.get(region, (None, None))
        unit = f"PO-{province}" if province else "OPS"
        place = Place(unit, province, group, region)
        made.buckets["HR", unit] = Bucket("HR", unit, place, 10, count)
        made.cells[Cell("HR", unit, place)] = {"c1": count, "w2": 1, "s1": 0}
    return made


def test_sums_are_the_same_however_they_are_cut() -> None:
    rollups = [rollup("r1", N=3, SB=0, CENTRAL=9), rollup("r2", programme="p2", SB=2)]
    for by in (By.REGION, By.UNIT, By.TARGET, By.RUN, By.PROGRAMME, By.FISCAL_YEAR, By.SIDE):
        parts = broken_down(rollups, by).values()
        assert sum(part.confirmed for part in parts) == total(rollups).confirmed == 14
        assert sum(part.seats for part in parts) == 40
    southern = broken_down(rollups, By.PROVINCE)["95"]
    assert (southern.runs_offered, southern.runs_reached) == (2, 1)
    assert (total(rollups).offered, total(rollups).covered) == ({"50", "95"}, {"50", "95"})


def test_a_run_counts_in_the_year_of_its_programme_also_when_it_starts_in_the_next() -> None:
    moved = rollup("r1", N=3)
    moved.starts_at = datetime(2020, 11, 2, 2, tzinfo=UTC)  # in 2564
    rows = answer_for_coverage(By.FISCAL_YEAR, moved, rollup("r2", N=2))["rows"]
    assert [(row["key"], row["confirmed"]) for row in rows] == [("2563", 5)]


def answer_for_run(rollup: Rollup | None, language: Language = "en", *, coarse: bool = False) -> dict[str, Any]:
    return run_response(run_report("r", None, (), rollup, Names({}), coarse=coarse), language)


def answer_for_coverage(
    by: By, *rollups: Rollup, coarse: bool = False, names: Names | None = None, year: int | None = None
) -> dict[str, Any]:
    gathering = Gathering(by, coarse)
    for rollup in rollups:
        gathering.add([rollup])
    return coverage_response(coverage_report(gathering, year, Descriptions(names or Names({}))), "en")


def test_coverage_says_whose_fiscal_year_counts() -> None:
    answer = answer_for_coverage(By.RUN, rollup("r1", N=1), year=2563)
    assert (answer["fiscalYear"], answer["fiscalYearBy"], answer["rows"][0]["fiscalYearBy"]) == (
        2563,
        "PROGRAMME",
        "PROGRAMME",
    )


def with_people(run: str, *people: str, programme: str = "p1") -> Rollup:
    """All of the North."""
    made = rollup(run, programme=programme, N=len(people))
    (cell,) = made.cells
    made.people[cell] = set(people)
    return made


@pytest.mark.parametrize("by", [By.PROVINCE, By.GROUP, By.REGION, By.UNIT, By.RUN, By.PROGRAMME, By.FISCAL_YEAR])
def test_one_person_in_two_runs_is_one_person(by: By) -> None:
    answer = answer_for_coverage(by, with_people("r1", "a", "b", "c"), with_people("r2", "b", "c", "d", programme="p2"))
    each = [3, 3] if by in (By.RUN, By.PROGRAMME) else [4]
    assert [row["persons"] for row in answer["rows"]] == each
    assert (answer["totals"]["persons"], answer["totals"]["confirmed"]) == (4, 6)


@pytest.mark.parametrize("same", range(11))
def test_an_observer_cannot_tell_whether_few_people_had_two_seats_or_none(same: int) -> None:
    first, second = [f"a{n}" for n in range(10)], [f"{'a' if n < same else 'b'}{n}" for n in range(10)]
    runs = with_people("r1", *first), with_people("r2", *second)
    (row,) = answer_for_coverage(By.PROVINCE, *runs)["rows"]
    assert row["persons"] == 20 - same
    answer = answer_for_coverage(By.PROVINCE, *runs, coarse=True)
    told = {0: 20, 5: 15, 10: 10}[same - same % 5]
    assert (answer["rows"][0]["persons"], answer["totals"]["persons"]) == (told, told)


def test_people_of_what_is_hidden_are_not_told() -> None:
    answer = answer_for_coverage(By.RUN, with_people("r1", "a", "b"), coarse=True)
    assert [row["persons"] for row in answer["rows"]] == [None]
    assert answer["totals"]["persons"] == 0


def test_coverage_counts_provinces_that_have_seats() -> None:
    answer = answer_for_run(rollup(N=3, SB=0))
    assert answer["provinceCoverage"] == {"covered": 1, "of": 2, "percentage": 50.0, "text": "1/2"}
    assert answer["confirmedByRegion"] == {"N": 3, "SB": 0}
    assert (answer["waitlistRemaining"], answer["nominationsProvincialReserve"]) == (2, 2)


def test_a_run_without_seats_yet_is_reported_with_zeros() -> None:
    answer = answer_for_run(None, "th")
    assert (answer["seats"], answer["confirmed"], answer["percentage"]) == (0, 0, None)
    assert answer["provinceCoverage"]["text"] == "ไม่เกี่ยวข้อง"


def coarse(*rollups: Rollup, by: By = By.REGION) -> dict[str, int | None]:
    answer = answer_for_coverage(by, *rollups, coarse=True)
    return {row["key"]: row["confirmed"] for row in answer["rows"]}


def test_an_observer_sees_what_every_run_may_show() -> None:
    assert coarse(rollup(N=7, SB=6)) == {"N": 7, "SB": 6}
    assert coarse(rollup(N=7, SB=3, E=9)) == {"N": None, "SB": None, "E": 9}
    # One run hides N and SB, so their sums with another run would tell its parts.
    assert coarse(rollup("r1", N=7, SB=3, E=9), rollup("r2", N=8, SB=8, E=8)) == {"N": None, "SB": None, "E": 17}


def test_a_small_run_is_left_out_of_every_sum() -> None:
    rollups = (rollup("r1", N=7, SB=6), rollup("r2", programme="p2", N=2))
    answer = answer_for_coverage(By.RUN, *rollups, coarse=True)
    assert (answer["totals"]["confirmed"], answer["totals"]["runsLeftOut"]) == (13, 1)
    assert coarse(*rollups) == {"N": 7, "SB": 6}
    assert coarse(*rollups, by=By.RUN) == {"r1": 13, "r2": None}
    assert coarse(*rollups, by=By.PROGRAMME) == {"p1": 13, "p2": None}
    alone = answer_for_run(rollups[1], coarse=True)
    assert (alone["confirmed"], alone["provinceCoverage"], alone["suppressed"]) == (None, None, True)


def test_what_a_later_release_counts_is_counted_in_totals() -> None:
    counted = rollup(N=6, CENTRAL=9)
    for counts in counted.cells.values():
        counts |= {"c0": 1, "s0": 2, "o1": 5, "i2": 7}
    whole = total([counted])
    assert (whole.confirmed, whole.nominations()) == (17, 17 + 2 + 4 + 10 + 14)
    assert whole.nominations(NominationState.SUBMITTED) == 4
    assert whole.nominations(rank=Rank.RESERVE) == 2 + 14
    answer = answer_for_run(counted)
    assert (answer["confirmed"], answer["confirmedByRegion"], answer["free"]) == (17, {"N": 7}, 3)
    assert answer["provinceCoverage"]["text"] == "1/1"
    only_others = rollup(SB=0)
    only_others.cells[next(iter(only_others.cells))] = {"c0": 1}
    assert answer_for_run(only_others)["provinceCoverage"]["text"] == "1/1"


def test_few_people_in_states_of_a_later_release_are_hidden_too() -> None:
    """Otherwise nominations less all known states would tell how many they are."""
    counted = rollup(N=7, SB=8)
    for counts in counted.cells.values():
        counts |= {"w2": 5, "o1": 1}
    answer = answer_for_run(counted, coarse=True)
    assert (answer["nominations"], answer["waitlistRemaining"], answer["confirmed"]) == (None, None, 15)


def unit(key: str, place: tuple[str, str, str], since: str = "2009-10-01", until: str | None = None) -> Unit:
    code, group, region = place
    memberships = (Membership(group, region, since, until),)
    return Unit(key, f"สำนักงาน {key}", key, code, f"จังหวัด {code}", code, memberships, None, None, AT)


def test_provinces_are_those_of_the_year() -> None:
    units = {
        "PO-50": unit("PO-50", NORTH),
        "PO-50.HR": unit("PO-50.HR", NORTH),
        "PO-95": unit("PO-95", SOUTH, since="2017-10-01"),
    }

    def keys(year: int | None) -> set[str]:
        return Names(units, year, covers=lambda _: True).keys(By.PROVINCE)

    assert (keys(2560), keys(2561), keys(None), keys(2552)) == ({"50"}, {"50", "95"}, {"50", "95"}, set())
    names = Names(units, 2563, covers=lambda key: key == "PO-95")
    assert names.keys(By.REGION) == {"SB"}
    assert heading(By.PROVINCE, "50", Descriptions(names))["nameTh"] == "จังหวัด 50"
    assert heading(By.UNIT, "PO-50.HR", Descriptions(names))["nameEn"] == "PO-50.HR"
    assert heading(By.UNIT, "PO-99", Descriptions(names)) == {"nameTh": None, "nameEn": None, "province": None}


def test_warnings_are_counted_by_code_and_not_for_observers() -> None:
    counted = rollup(N=3, CENTRAL=9)
    north, centre = counted.cells
    counted.warned = {north: {"any": 2, "clash": 2, "repeated": 1}, centre: {"any": 1, "clash": 1}}
    answer = answer_for_run(counted)
    assert (answer["nominationsWarned"], answer["nominationsByWarning"]) == (3, {"clash": 3, "repeated": 1})
    assert answer_for_run(rollup(N=3))["nominationsByWarning"] == {}
    assert "nominationsByWarning" not in answer_for_run(counted, coarse=True)


def test_an_office_counts_the_warnings_of_its_own_part() -> None:
    counted = rollup(N=3, CENTRAL=9)
    counted.warned = {cell: {"any": 1, "clash": 1} for cell in counted.cells}
    part = Visibility(Scope(unit="PO-50")).part_of(counted)
    assert part is not None
    assert answer_for_run(part)["nominationsWarned"] == 1


def with_heads(heads: int, acting: int, others: int, *, elsewhere: int = 50) -> Rollup:
    """Of the North in one target group, and more people in another one that names no posts."""
    made = rollup("r1", N=0)
    place = next(iter(made.cells)).place
    made.cells.clear()
    made.cells[Cell("HEADS", "PO-50", place)] = {"c1": heads + acting + others, "h": heads, "a": acting}
    made.cells[Cell("K3", "PO-50", place)] = {"c1": elsewhere, "x1": 7}
    return made


def test_holders_and_those_who_act_are_told_apart_and_counted_once() -> None:
    answer = answer_for_run(with_heads(71, 5, 0))
    assert (answer["confirmedHeads"], answer["confirmedActing"], answer["headsByRegion"]) == (71, 5, {"N": 71})
    assert (answer["confirmed"], answer["nominations"], answer["withdrawn"]) == (126, 133, 7)


def test_a_run_without_posts_has_no_heads() -> None:
    answer = answer_for_run(rollup("r1", N=9, CENTRAL=9))
    assert (answer["confirmedHeads"], answer["confirmedActing"], answer["headsByRegion"]) == (0, 0, {"N": 0})


@pytest.mark.parametrize(
    ("heads", "acting", "others", "told"),
    [
        (71, 5, 0, True),
        (71, 0, 0, True),
        (71, 5, 9, True),
        (0, 0, 3, True),  # nobody comes for a post: nothing is told apart
        (71, 4, 0, False),
        (1, 71, 0, False),
        (71, 5, 1, False),  # who knows the target group would find the one who comes for no post
    ],
)
def test_few_heads_are_not_told_apart_to_observers(heads: int, acting: int, others: int, told: bool) -> None:
    answer = answer_for_run(with_heads(heads, acting, others), coarse=True)
    assert (answer["confirmedHeads"], answer["confirmedActing"]) == ((heads, acting) if told else (None, None))
    assert answer["confirmed"] == heads + acting + others + 50
    assert answer["headsByRegion"] is None
    assert told or answer["suppressed"]
