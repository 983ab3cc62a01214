"""From a scenario's file to seats, nominees and withdrawals, for scenario A and for other files."""

import copy
import json
from collections import Counter
from datetime import date
from typing import Any

import pytest

from pattana.demo.bodies import official, programme_body, run_body
from pattana.demo.people import row, sheet
from pattana.demo.plan import Office, Plan, plan_of
from pattana.demo.scenario import BUNDLED, NoScenario, Scenario, of_text, read
from services.enrolment.directory import bundled
from shared.events.seats import Rank

Raw = dict[str, Any]
DAY = date(2020, 8, 31)
CENTRAL = ["PERS", "DRI", "PSDG"]
RAW: Raw = json.loads(BUNDLED.read_text(encoding="utf-8"))["scenarios"][0]


def offices() -> list[Office]:
    reference = bundled()
    provincial = [unit for unit in reference.units.values() if unit.kind == "PROVINCIAL_OFFICE"]
    return [
        Office(unit.id, member.province, member.group, reference.groups[member.group].region)
        for unit in provincial
        for member in reference.memberships[unit.province or ""]
        if member.valid_from <= DAY and (member.valid_to is None or member.valid_to >= DAY)
    ]


def scenario(**actions: Any) -> Scenario:
    raw = copy.deepcopy(RAW)
    raw["actions"] |= actions
    return of_text(json.dumps(raw), "test")[0]


def planned(scenario: Scenario) -> Plan:
    return plan_of(scenario, offices(), CENTRAL)


def reserves(plan: Plan) -> list[str]:
    return [nominee.bucket_unit for nominee in plan.nominees if nominee.rank is Rank.RESERVE]


def test_scenario_a_has_77_buckets_and_112_nominees() -> None:
    plan = planned(scenario())
    assert (len(plan.seats), sum(seat.seats for seat in plan.seats)) == (77, 100)
    assert "PO-10" not in {seat.bucket_unit for seat in plan.seats}
    units = Counter("OPS" if nominee.bucket_unit == "OPS" else "province" for nominee in plan.nominees)
    assert units == {"province": 86, "OPS": 26}
    assert [(leaving.bucket_unit, leaving.successor and leaving.successor.bucket_unit) for leaving in plan.leaving] == [
        ("PO-50", None),
        ("PO-95", "PO-95"),
    ]


def test_reserves_go_to_withdrawals_first_then_by_code_and_never_where_the_file_has_none() -> None:
    assert reserves(planned(scenario())) == ["PO-50", *(f"PO-{code}" for code in range(11, 20))]
    others = scenario(
        withdrawals=[{"province": "11", "hasReserve": False}, {"province": "96", "hasReserve": True}],
        nominationsProvincialReserve=3,
    )
    assert reserves(planned(others)) == ["PO-96", "PO-12", "PO-13"]
    everywhere = scenario(withdrawals=[{"province": "11", "hasReserve": False}], nominationsProvincialReserve=77)
    assert Counter(reserves(planned(everywhere)))["PO-12"] == 2
    assert "PO-11" not in reserves(planned(everywhere))


def test_nobody_is_used_twice() -> None:
    people = planned(scenario(nominationsProvincialPrimary=200)).everybody
    assert len({person.key for person in people}) == len(people) == 200 + 10 + 26 + 1


def test_two_seats_per_province_take_two_each() -> None:
    raw = copy.deepcopy(RAW)
    raw["programme"]["targetGroups"][0] |= {"perUnit": 2, "seats": 152}
    raw["actions"]["nominationsProvincialPrimary"] = 152
    plan = planned(of_text(json.dumps(raw), "test")[0])
    assert {seat.seats for seat in plan.seats if seat.bucket_unit != "OPS"} == {2}
    primaries = Counter(n.bucket_unit for n in plan.nominees if n.rank is Rank.PRIMARY and n.bucket_unit != "OPS")
    assert set(primaries.values()) == {2}


def test_fewer_seats_than_provinces_go_to_named_provinces_first_then_by_code() -> None:
    raw = copy.deepcopy(RAW)
    raw["programme"]["targetGroups"][0] = {"key": "K3", "scope": "PROVINCIAL", "seats": 74}
    plan = planned(of_text(json.dumps(raw), "test")[0])
    units = [seat.bucket_unit for seat in plan.seats if seat.target == "K3"]
    assert (len(units), units[-2:]) == (74, ["PO-93", "PO-95"])


def test_fewer_provinces_follow_the_numbers_of_the_file() -> None:
    raw = copy.deepcopy(RAW)
    raw["programme"]["targetGroups"][0] |= {"units": 3, "seats": 3}
    raw["expected"] |= {"confirmedByGroup": {"NU1": 2, "SB": 1}}
    plan = planned(of_text(json.dumps(raw), "test")[0])
    assert [seat.bucket_unit for seat in plan.seats] == ["PO-50", "PO-51", "PO-95", "OPS"]


def test_provinces_may_be_named() -> None:
    raw = copy.deepcopy(RAW)
    raw["programme"]["targetGroups"][0]["provinces"] = ["95", "50"]
    plan = planned(of_text(json.dumps(raw), "test")[0])
    assert [seat.bucket_unit for seat in plan.seats] == ["PO-50", "PO-95", "OPS"]


def test_an_inconsistent_file_is_refused() -> None:
    with pytest.raises(NoScenario, match="PO-10"):
        planned(scenario(withdrawals=[{"province": "10", "hasReserve": False}]))
    raw = copy.deepcopy(RAW)
    raw["programme"]["targetGroups"] = raw["programme"]["targetGroups"][1:]
    raw["actions"]["withdrawals"] = []
    with pytest.raises(NoScenario, match="no target group"):
        planned(of_text(json.dumps(raw), "test")[0])


def test_a_number_of_withdrawals_means_the_central_pool() -> None:
    plan = planned(scenario(withdrawals=2))
    assert [(leaving.bucket_unit, leaving.successor) for leaving in plan.leaving] == [("OPS", None), ("OPS", None)]


def test_people_are_the_same_in_every_play_and_read_like_thai_people() -> None:
    people = planned(scenario()).everybody
    assert sheet(people) == sheet(people)
    rows = [row(person) for person in people]
    assert {prefix for _, prefix, *_ in rows} == {"นาย", "นาง", "นางสาว"}
    assert 0.5 < sum(bool(email) for *_, email in rows) / len(rows) < 0.8
    assert len({(first, last) for _, _, first, last, *_ in rows}) > 100
    lines = sheet(people).decode("utf-8-sig").split("\r\n")
    assert lines[0] == "externalId,prefix,firstName,lastName,unit,position,level,email"
    assert len(lines) == len(people) + 2


def test_the_programme_body_equals_the_file() -> None:
    body = programme_body(scenario(), "-2") | {"runs": [run_body(scenario())]}
    assert body["code"] == "PERS-2563-001-2"
    assert body["kind"] == "TRAINING_PROJECT"
    assert body["targetGroups"][0] == {
        "key": "PROV_HR",
        "scope": "PROVINCIAL",
        "unit": "PO.HR",
        "seats": 76,
        "perUnit": 1,
    }
    assert body["runs"][0]["venue"] == {"name": "โรงแรมเอสดี อเวนิว", "district": "เขตบางพลัด", "provinceCode": "10"}
    chair = {"name": "นายสมคิด", "position": "รองปลัด", "assignedBy": {"name": "นายสุทธิพงษ์"}}
    assert official(chair) == {"name": "นายสมคิด", "position": "รองปลัด", "onBehalfOf": "นายสุทธิพงษ์"}
    assert (official("ดร. รณพรหม ชุนงาม"), official(None)) == ({"name": "ดร. รณพรหม ชุนงาม"}, None)


def test_scenarios_are_found_by_name_and_in_files(tmp_path: Any) -> None:
    assert [(scenario.id, scenario.playable) for scenario in read("a")] == [("A", True)]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(RAW | {"id": "mine"}), encoding="utf-8")
    assert [scenario.id for scenario in read(str(path))] == ["mine"]
    path.write_text(BUNDLED.read_text(encoding="utf-8"), encoding="utf-8")
    assert [(scenario.id, scenario.playable) for scenario in read(str(path))] == [
        ("A", True),
        ("B", False),
        ("C", False),
        ("D", False),
    ]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"programme": {"code": "x"}}', '{"scenarios": 7}', "[1]"])
def test_an_invalid_scenario_is_refused(text: str) -> None:
    with pytest.raises(NoScenario):
        of_text(text, "test")


def test_an_unknown_name_is_refused_with_the_known_names() -> None:
    with pytest.raises(NoScenario, match="A, B, C, D"):
        read("Z")
