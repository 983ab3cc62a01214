"""What a command leaves for the collector of cycles: nothing. A kept exception holds its frames, and a frame of a batch
holds all of its commands: ten per cent of the processor went into finding them again."""

import gc
from collections.abc import Iterator, Sequence

import pytest

from services.enrolment.seats.domain.board import Board
from services.enrolment.seats.domain.refusals import NoSeatsForUnit
from services.enrolment.seats.service.attempts import Answers, Attempts
from services.enrolment.seats.service.queue import Ticket
from shared.idempotency import Recorded
from shared.mongo import Conflict
from tests.unit.enrolment.seats.builders import CALLER, NOW, board, bucket, nominate, person, ticket
from tests.unit.enrolment.seats.drainers import Counterpart, still_there


@pytest.fixture(autouse=True)
def before() -> Iterator[set[int]]:
    """What there is already; the collector rests until the end."""
    gc.collect()
    gc.disable()
    yield {id(found) for found in gc.get_objects()}
    gc.enable()


def left(kind: type, before: set[int]) -> int:
    return sum(type(found) is kind and id(found) not in before for found in gc.get_objects())


def test_a_group_that_does_not_fit_keeps_no_board(before: set[int]) -> None:
    on = board([bucket("OPS", target="CENTRAL_HR")], [person("p", "PERS")])
    assert on.decide(nominate("p"), CALLER, NOW).bucket.target == "CENTRAL_HR"
    del on
    assert left(Board, before) == 0


async def test_a_refused_command_keeps_no_ticket(before: set[int]) -> None:
    world = Counterpart()
    world.outcomes["p"] = NoSeatsForUnit(unit="PO-50")
    async with world.at_work():
        with pytest.raises(NoSeatsForUnit):
            await world.drainers.submit(ticket("p"), still_there)
    assert left(Ticket, before) == 0


async def test_a_lost_attempt_keeps_no_ticket(before: set[int]) -> None:
    failure = Conflict("lost")
    lost = 0

    async def once(run: str, tickets: Sequence[Ticket], seconds: float, again: bool) -> Answers:
        nonlocal lost
        lost += 1
        if lost == 1:
            raise failure
        return [Recorded(201, "", ()) for _ in tickets]

    await Attempts(once).carry_out("run", [ticket("p")])
    assert lost == 2
    assert left(Ticket, before) == 0
