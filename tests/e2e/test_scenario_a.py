"""The main job from opening the programme to the report: scenario A, and files of the same form that differ from it."""

import asyncio
import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pattana.audit.journal import Journal
from pattana.client import Client
from pattana.demo.command import play
from pattana.demo.numbers import COMPARED, Line
from pattana.demo.scenario import BUNDLED, of_text
from pattana.demo.stage import EXECUTIVE
from tests.support.edition import Edition

Raw = dict[str, Any]


def scenario_a() -> Raw:
    found: Raw = json.loads(BUNDLED.read_text(encoding="utf-8"))["scenarios"][0]
    return found


def two_seats_per_province(raw: Raw) -> None:
    """76 x 2 + 24 = 176; three provinces lose somebody, one of them both of its people."""
    raw["programme"] |= {"code": "TWO-2563-001", "capacity": 176}
    raw["programme"]["targetGroups"][0] |= {"perUnit": 2, "seats": 152}
    raw["actions"] |= {
        "nominationsProvincialPrimary": 152,
        "nominationsInitial": 188,
        "approvedInitial": 176,
        "nominationsTotal": 191,
        "withdrawals": [
            {"province": "50", "hasReserve": True},
            {"province": "60", "hasReserve": False},
            {"province": "95", "hasReserve": False},
            {"province": "95", "hasReserve": False},
        ],
        "remindersPerWave": 176,
        "reminderMessages": 352,
    }
    raw["expected"] |= {
        "target": 176,
        "nominations": 191,
        "confirmed": 176,
        "confirmedProvincial": 152,
        "withdrawn": 4,
        "confirmedByRegion": {name: 2 * number for name, number in raw["expected"]["confirmedByRegion"].items()},
        "confirmedByGroup": {name: 2 * number for name, number in raw["expected"]["confirmedByGroup"].items()},
    }


def another_year_and_other_withdrawals(raw: Raw) -> None:
    """Fiscal year 2565; three of the central pool give up, the two who wait there follow, one seat stays free."""
    raw["programme"] |= {"code": "PERS-2565-009", "fiscalYear": 2565, "start": "2022-03-14T09:00:00+07:00"}
    raw["actions"] |= {"withdrawals": 3, "nominationsTotal": 112, "remindersPerWave": 99, "reminderMessages": 198}
    raw["expected"] |= {
        "nominations": 112,
        "confirmed": 99,
        "confirmedCentral": 23,
        "waitlistRemaining": 10,
        "withdrawn": 3,
    }


def northern_provinces_only(raw: Raw) -> None:
    """17 provinces and four central seats; one wave of reminders."""
    raw["programme"] |= {"code": "NORTH-2563-001", "capacity": 21}
    raw["programme"]["targetGroups"][0] |= {"units": 17, "seats": 17}
    raw["programme"]["targetGroups"][1] |= {"seats": 4}
    raw["actions"] = {
        "quotaBuckets": 18,
        "nominationRequestsSent": 18,
        "nominationsProvincialPrimary": 17,
        "nominationsProvincialReserve": 2,
        "nominationsCentral": 5,
        "nominationsInitial": 24,
        "approvedInitial": 21,
        "waitlistedInitial": 3,
        "withdrawals": [{"province": "58", "hasReserve": True}],
        "nominationsTotal": 24,
        "remindersPerWave": 21,
        "reminderMessages": 21,
        "waves": ["D-7"],
    }
    raw["expected"] |= north(raw["expected"]["confirmedByGroup"])


def north(groups: Raw) -> Raw:
    return {
        "target": 21,
        "nominations": 24,
        "confirmed": 21,
        "confirmedProvincial": 17,
        "confirmedCentral": 4,
        "waitlistRemaining": 2,
        "withdrawn": 1,
        "confirmedByRegion": {"N": 17},
        "confirmedByGroup": {name: groups[name] for name in ("NU1", "NU2", "NL1", "NL2")},
    }


async def played(running: Edition, raw: Raw, journal: Path | None = None) -> list[Line]:
    (scenario,) = of_text(json.dumps(raw), "test")
    with running.client() as client, Journal(journal or Path(os.devnull)) as client.journal:
        return await asyncio.to_thread(play, scenario, client, running.folder / "plays")


def differing(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.differs]


async def test_scenario_a(running: Edition, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    lines = await played(running, scenario_a(), journal)
    assert differing(lines) == []
    names = {line.name.partition(".")[0] for line in lines if line.played}
    assert names == set(COMPARED)
    assert {"attended", "certificates", "evaluations"} <= {line.name for line in lines if not line.played}
    verdict = await running.audit(journal)
    assert verdict.kept, [promise.line() for promise in verdict.promises] + verdict.p3.examples
    assert verdict.p2.counts["answers in the journal"] > 80
    assert verdict.p3.counts["mails"] > 100


async def test_a_second_play_is_one_more_programme(running: Edition) -> None:
    raw = scenario_a() | {"id": "A again"}
    assert differing(await played(running, raw)) == []
    with running.client() as client:
        codes = await asyncio.to_thread(codes_of, client)
    assert "PERS-2563-001-2" in codes


def codes_of(client: Client) -> set[str]:
    return {programme["code"] for programme in client.pages("/api/enrolment/programmes", EXECUTIVE)}


@pytest.mark.parametrize(
    "change", [two_seats_per_province, another_year_and_other_withdrawals, northern_provinces_only]
)
async def test_a_file_of_the_same_form(running: Edition, change: Callable[[Raw], None]) -> None:
    raw = copy.deepcopy(scenario_a())
    change(raw)
    assert differing(await played(running, raw)) == []


async def test_a_wrong_number_in_the_file_is_told(running: Edition) -> None:
    raw = copy.deepcopy(scenario_a())
    northern_provinces_only(raw)
    raw["programme"]["code"] = "WRONG-2563-001"
    raw["expected"]["confirmed"] = 22
    assert [(line.name, line.expected, line.actual) for line in differing(await played(running, raw))] == [
        ("confirmed", 22, 21)
    ]
