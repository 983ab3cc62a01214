"""The whole life of seats, as it is drawn for documents in memory, on the real database: two processes, every third
command twice at once, runs that move, are split and merged. Against the same model of lists, and audited at the end."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, run_state_machine_as_test

from services.enrolment.app import COLLECTIONS
from services.enrolment.catalogue import FromPool, NotTaken, PoolOrder, ReleaseRule, WaitingLists
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.settings import EnrolmentSettings
from shared.mongo import Document, connect, database, prepare
from shared.security_log.storage import prepare_log
from tests.integration.enrolment.life_engine import Ministry
from tests.integration.enrolment.life_process import Process
from tests.unit.enrolment.seats import test_life_found
from tests.unit.enrolment.seats.life_service import PEOPLE
from tests.unit.enrolment.seats.test_life_drawn import HOURS, Life

FOUND: Final = [name for name in vars(test_life_found) if name.startswith("test_")]
LIVES: Final = int(os.environ.get("PATTANA_EXAMPLES", "10"))  # `make fuzz` has more


class LifeOnEngine(Life):
    ministry: ClassVar[Ministry]

    @initialize(
        seats=st.lists(st.integers(0, 2), min_size=6, max_size=6),
        route=st.sampled_from([False, False, True]),
        order=st.sampled_from(PoolOrder),
        released=st.sampled_from([None, 20]),
        by=st.sampled_from(ReleaseRule),
    )
    def begin(self, seats: list[int], route: bool, order: PoolOrder, released: int | None, by: ReleaseRule) -> None:
        """Of few lives, so each has few seats, and a pool that offers its own."""
        lists = WaitingLists(FromPool.OFFER, order, HOURS, on_expiry=NotTaken.WITHDRAWN)
        Life.begin(self, seats=seats, route=route, lists=lists, released=released, by=by)

    def set_up(self, description: Description) -> None:
        self.service, self.loops, self.store = self.ministry.begin(description)
        self.replicas = tuple(self.ministry.processes)


class LifeFoundOnEngine(Life):
    """Begun as it says itself."""

    ministry: ClassVar[Ministry]
    set_up = LifeOnEngine.set_up


@pytest.fixture(scope="module")
async def ministry(standing_settings: EnrolmentSettings, bundled_units: list[Document]) -> AsyncIterator[Ministry]:
    other = standing_settings.model_copy(update={"instance": "beside"})
    async with Process.running(standing_settings) as one, Process.running(other) as two:
        await prepare(one.db, COLLECTIONS)
        await prepare_log(one.db)
        client = connect(standing_settings.mongo_url, app_name="tests")
        db = database(client, f"{standing_settings.mongo_prefix}_enrolment")
        await db["units"].insert_many(bundled_units)
        people = [
            {"_id": id, "unit": who.assignment.unit, "post": who.assignment.post, "external_id": id}
            for id, who in PEOPLE.items()
        ]
        await db["people"].insert_many(people)
        yield Ministry(db, [one, two])
        client.close()


@pytest.mark.parametrize("found", FOUND)
async def test_what_lives_have_found_before(found: str, ministry: Ministry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is the shortest life that shows a fault, or what a rule is for."""
    of_life = type("Found", (LifeFoundOnEngine,), {"ministry": ministry})
    monkeypatch.setattr(test_life_found, "Life", of_life)
    await asyncio.to_thread(getattr(test_life_found, found))


async def test_any_life_of_seats_is_as_the_model_says(ministry: Ministry) -> None:
    """Not shrunk: that would take many lives more. The pure machine finds most of what this one finds, in seconds."""
    machine = type("Drawn", (LifeOnEngine,), {"ministry": ministry})
    few = settings(
        max_examples=LIVES,
        stateful_step_count=25,
        deadline=None,
        database=None,
        derandomize="PATTANA_EXAMPLES" not in os.environ,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=few)
