"""The whole life of seats, as it is drawn for documents in memory, on the real database: two processes, every third
command twice at once, runs that move, are split and merged. Against the same model of lists, and audited at the end."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from services.enrolment.app import COLLECTIONS
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.settings import EnrolmentSettings
from shared.mongo import Document, connect, database, prepare
from shared.security_log.storage import prepare_log
from tests.integration.enrolment.life_engine import Ministry
from tests.integration.enrolment.life_process import Process
from tests.unit.enrolment.seats.life_service import PEOPLE
from tests.unit.enrolment.seats.test_life_drawn import Life

LIVES: Final = int(os.environ.get("PATTANA_EXAMPLES", "8"))  # `make fuzz` has more


class LifeOnEngine(Life):
    """Nobody is invited ex officio here: whoever is in a post is a matter of the directory."""

    ministry: ClassVar[Ministry]
    nominate_ex_officio: Any = None

    def set_up(self, description: Description) -> None:
        self.service, self.loops, self.store = self.ministry.begin(description)
        self.replicas = tuple(self.ministry.processes)


@pytest.fixture
async def ministry(standing_settings: EnrolmentSettings, bundled_units: list[Document]) -> AsyncIterator[Ministry]:
    other = standing_settings.model_copy(update={"instance": "beside"})
    async with Process.running(standing_settings) as one, Process.running(other) as two:
        await prepare(one.db, COLLECTIONS)
        await prepare_log(one.db)
        client = connect(standing_settings.mongo_url, app_name="tests")
        db = database(client, f"{standing_settings.mongo_prefix}_enrolment")
        await db["units"].insert_many(bundled_units)
        people = [{"_id": id, "unit": who.assignment.unit, "external_id": id} for id, who in PEOPLE.items()]
        await db["people"].insert_many(people)
        yield Ministry(db, [one, two])
        client.close()


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
