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
from pattana.demo.api import EXECUTIVE
from pattana.demo.command import play
from pattana.demo.numbers import COMPARED, Line
from pattana.demo.scenario import BUNDLED, of_text
from tests.support.edition import Edition

Raw = dict[str, Any]


def scenario_a() -> Raw:
    found: Raw = json.loads(BUNDLED.read_text(encoding="utf-8"))["scenarios"][0]
    return found


NORTH = ("NU1", "NU2", "NL1", "NL2")


def northern_provinces_only(raw: Raw) -> None:
    """17 provinces and four central seats; one wave of reminders."""
    raw["programme"] |= {"code": "NORTH-2563-001", "capacity": 21}
    raw["programme"]["targetGroups"][0] |= {"units": 17, "seats": 17}
    raw["programme"]["targetGroups"][1] |= {"seats": 4}
    raw["actions"] = actions(17, 5) | {
        "withdrawals": [{"province": "58", "hasReserve": True}],
        "waves": ["D-7"],
        "reminderMessages": 21,
    }
    raw["expected"] |= results(17, 4, waiting=2, withdrawn=1) | by_area(raw, 1)


def two_seats_per_province(raw: Raw) -> None:
    """17 x 2 + 4 = 38; three provinces lose somebody, one of them both of its people."""
    raw["programme"] |= {"code": "TWO-2563-001", "capacity": 38}
    raw["programme"]["targetGroups"][0] |= {"units": 17, "perUnit": 2, "seats": 34}
    raw["programme"]["targetGroups"][1] |= {"seats": 4}
    raw["actions"] = actions(34, 4) | {
        "withdrawals": [
            {"province": "50", "hasReserve": True},
            {"province": "60", "hasReserve": False},
            {"province": "67", "hasReserve": False},
            {"province": "67", "hasReserve": False},
        ],
        "nominationsTotal": 43,
        "waitlistedInitial": 2,
    }
    raw["expected"] |= results(34, 4, waiting=1, withdrawn=4) | {"nominations": 43} | by_area(raw, 2)


def another_year_and_other_withdrawals(raw: Raw) -> None:
    """Fiscal year 2565; three of the central pool give up, the one who waits there follows, two seats stay free."""
    northern_provinces_only(raw)
    raw["programme"] |= {"code": "PERS-2565-009", "fiscalYear": 2565, "start": "2022-03-14T09:00:00+07:00"}
    raw["actions"] |= {"withdrawals": 3, "remindersPerWave": 19, "reminderMessages": 19}
    raw["expected"] |= results(17, 2, waiting=2, withdrawn=3) | {"target": 21}


def actions(provincial: int, central: int) -> Raw:
    """With two reserves and one central person too many or none."""
    seats = provincial + min(central, 4)
    return {
        "quotaBuckets": 18,
        "nominationRequestsSent": 18,
        "nominationsProvincialPrimary": provincial,
        "nominationsProvincialReserve": 2,
        "nominationsCentral": central,
        "nominationsInitial": provincial + central + 2,
        "approvedInitial": seats,
        "waitlistedInitial": central - min(central, 4) + 2,
        "nominationsTotal": provincial + central + 2,
        "remindersPerWave": seats,
        "reminderMessages": 2 * seats,
    }


def results(provincial: int, central: int, *, waiting: int, withdrawn: int) -> Raw:
    confirmed = provincial + central
    return {
        "target": confirmed,
        "nominations": confirmed + waiting + withdrawn,
        "confirmed": confirmed,
        "confirmedProvincial": provincial,
        "confirmedCentral": central,
        "waitlistRemaining": waiting,
        "withdrawn": withdrawn,
    }


def by_area(raw: Raw, each: int) -> Raw:
    groups = raw["expected"]["confirmedByGroup"]
    return {
        "confirmedByRegion": {"N": 17 * each},
        "confirmedByGroup": {name: groups[name] * each for name in NORTH},
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
    raw = copy.deepcopy(scenario_a())
    northern_provinces_only(raw)
    for _ in range(2):
        assert differing(await played(running, raw)) == []
    with running.client() as client:
        codes = await asyncio.to_thread(codes_of, client)
    assert {"NORTH-2563-001", "NORTH-2563-001-2"} <= codes


def codes_of(client: Client) -> set[str]:
    return {programme["code"] for programme in client.pages("/api/enrolment/programmes", EXECUTIVE)}


@pytest.mark.parametrize("change", [two_seats_per_province, another_year_and_other_withdrawals])
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
