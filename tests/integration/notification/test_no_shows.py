"""Whoever did not come is told once in a run, and the office once of each: of nobody who was put right before the
message went out, and of everybody who was put right after it, once."""

from datetime import timedelta

import pytest

from services.notification.domain import Kind, State
from services.notification.reacting import HANDLERS
from shared.events.attendance import MarksFact, PersonMark, Presence, Via
from shared.mongo import Session, transaction
from tests.integration.notification.conftest import Replica, contact
from tests.unit.notification.builders import enveloped, scheduled
from tests.unit.notification.test_fold_version import office
from tests.unit.notification.test_handlers import confirmed
from tests.unit.notification.test_no_shows import corrected, person, recorded

LATER = timedelta(minutes=5)  # than what is told together
PEOPLE = (1, 2)
NO_SHOW, MISSED, RIGHTED = Kind.NO_SHOW, Kind.NO_SHOWS_OF_OFFICE, Kind.NO_SHOWS_CORRECTED


class Told:
    """Attendance of one run, event by event, and what was sent of it."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.seq = 0

    async def begin(self) -> None:
        seats = [confirmed(nomination=f"n{number}", person=f"person-{number}") for number in PEOPLE]
        known = [enveloped(seat, "run-1:t:PO-50", seq) for seq, seat in enumerate(seats, start=1)]
        contacts = [contact(f"person-{number}") for number in PEOPLE]
        await self.replica.consume(enveloped(scheduled()), *known, *contacts, enveloped(office(), "PO-50"))

    async def happens(self, *events: MarksFact) -> None:
        """In one batch."""
        first, self.seq = self.seq + 1, self.seq + len(events)
        batch = [enveloped(event, "attendance:run-1", seq) for seq, event in enumerate(events, start=first)]
        await self.replica.consume(*batch)

    async def remembered_anew(self, *events: MarksFact) -> None:
        """As the next generation is filled: it tells nobody anything meanwhile."""

        async def work(session: Session) -> None:
            replica = self.replica
            await replica.generation.absences.delete_many({}, session=session)
            envelopes = [enveloped(event, "attendance:run-1", seq) for seq, event in enumerate(events, start=1)]
            batch = await replica.reactions.load(envelopes, replica.now, session)
            batch.silent = True
            for envelope, event in zip(envelopes, events, strict=True):
                HANDLERS[type(event)](batch, envelope, event)
            await replica.reactions.save(batch, session)

        await transaction(self.replica.store.client, work, deadline=30)

    async def goes_out(self) -> None:
        self.replica.now += LATER
        await self.replica.sweep()

    async def sent(self, kind: Kind, state: State = State.SENT) -> list[str]:
        found = await self.replica.messages(kind=kind, state=state)
        return sorted(message.recipient for message in found)

    async def counts(self) -> tuple[int, int]:
        """How often the office was told that somebody was missing, and that it was put right."""
        return len(await self.sent(MISSED)), len(await self.sent(RIGHTED))


@pytest.fixture
async def told(replica: Replica) -> Told:
    told = Told(replica)
    await told.begin()
    await told.goes_out()
    return told


def missed(*numbers: int, session: int = 1, times: int = 1) -> MarksFact:
    event = recorded(*(person(number, missed=times) for number in numbers))
    return event.model_copy(update={"session": session})


def there(number: int, missed: int = 0) -> PersonMark:
    mark = person(number, Presence.PRESENT, missed=missed)
    return mark.model_copy(update={"missed_before": missed + 1, "before": Presence.ABSENT})


def absent_again(number: int) -> PersonMark:
    """Somebody has corrected it to that."""
    return person(number)


async def test_the_office_hears_once_and_of_the_correction_once(told: Told) -> None:
    await told.happens(missed(1))
    await told.goes_out()
    assert (await told.sent(NO_SHOW), await told.sent(MISSED)) == (["person-1"], ["PO-50"])

    for _ in range(2):  # and once more, to and fro
        await told.happens(corrected(there(1)))
        await told.goes_out()
        assert await told.counts() == (1, 1)
        await told.happens(corrected(absent_again(1)))
        await told.goes_out()
    await told.happens(corrected(there(1)), missed(1, session=2))
    await told.goes_out()
    assert await told.counts() == (1, 1)
    assert await told.sent(NO_SHOW) == ["person-1"]


@pytest.mark.parametrize("together", [True, False])
async def test_who_was_put_right_before_it_went_out_is_no_news(told: Told, together: bool) -> None:
    events = (missed(1), corrected(there(1)))
    for batch in (events,) if together else tuple((event,) for event in events):
        await told.happens(*batch)
    await told.goes_out()
    assert await told.counts() == (0, 0)
    assert await told.sent(NO_SHOW) == []
    assert await told.sent(MISSED, State.CANCELLED) == ["PO-50"]

    await told.happens(missed(1, session=2))  # the office has heard nothing of that person yet
    await told.goes_out()
    assert await told.counts() == (1, 0)
    await told.happens(corrected(there(1)))
    await told.goes_out()
    assert await told.counts() == (1, 1)


async def test_the_others_of_the_message_stay(told: Told) -> None:
    await told.happens(missed(1, 2))
    await told.happens(corrected(there(1)))
    await told.goes_out()
    assert await told.counts() == (1, 0)
    assert await told.sent(NO_SHOW) == ["person-2"]
    await told.happens(corrected(absent_again(1)), corrected(there(1)))
    await told.goes_out()
    assert await told.counts() == (1, 0), "the office never heard of the first one"


async def test_an_upload_that_came_late_puts_right_as_well(told: Told) -> None:
    await told.happens(missed(1))
    await told.goes_out()
    await told.happens(recorded(there(1), via=Via.DEVICE))
    await told.goes_out()
    assert await told.counts() == (1, 1)


async def test_of_several_sessions_all_are_to_be_put_right(told: Told) -> None:
    await told.happens(missed(1))
    await told.goes_out()
    await told.happens(missed(1, session=2, times=2), corrected(there(1, missed=1)))
    await told.goes_out()
    assert await told.counts() == (1, 0)
    await told.happens(corrected(there(1)))
    await told.goes_out()
    assert await told.counts() == (1, 1)


async def test_a_correction_that_is_taken_back_at_once_is_told_when_it_holds(told: Told) -> None:
    await told.happens(missed(1))
    await told.goes_out()
    await told.happens(corrected(there(1)))
    await told.happens(corrected(absent_again(1)))
    await told.goes_out()
    assert await told.counts() == (1, 0)
    await told.happens(corrected(there(1)))
    await told.goes_out()
    assert await told.counts() == (1, 1)


async def test_one_is_put_right_and_another_is_missing_in_the_same_seconds(told: Told) -> None:
    await told.happens(missed(1))
    await told.goes_out()
    await told.happens(corrected(there(1)), missed(2, session=2))
    await told.goes_out()
    assert await told.counts() == (2, 1)
    assert await told.sent(NO_SHOW) == ["person-1", "person-2"]


async def test_what_is_told_together_a_second_time_joins_the_message_that_is_there(told: Told) -> None:
    """And is taken out of that one."""
    await told.happens(missed(1))
    await told.happens(missed(2, session=2))
    await told.happens(corrected(there(1)), corrected(there(2)))
    await told.goes_out()
    assert await told.counts() == (0, 0)


@pytest.mark.parametrize("righted", [True, False])
async def test_what_comes_too_late_for_its_message_goes_by_the_next(told: Told, righted: bool) -> None:
    """A batch that took its time: what it would have been told with was sent already."""
    replica, began = told.replica, told.replica.now
    await told.happens(missed(1))
    await told.goes_out()
    replica.now = began
    await told.happens(missed(2, session=2))
    if righted:
        await told.happens(corrected(there(2)))
    await told.goes_out()
    assert await told.counts() == (1 if righted else 2, 0)


async def test_who_is_put_right_while_the_message_goes_out_is_told_of_behind_it(told: Told) -> None:
    """The batch has seen the message wait, and loses against whoever has claimed it since."""
    await told.happens(missed(1))
    told.replica.now += LATER
    replica, tries = told.replica, []
    message = await replica.message(kind=MISSED)
    envelope = enveloped(corrected(there(1)), "attendance:run-1", 2)

    async def work(session: Session) -> None:
        batch = await replica.reactions.load([envelope], replica.now, session)
        tries.append(batch.absences.states[message.id])
        if len(tries) == 1:
            assert await replica.ledger.claim(message.id, replica.now) is not None
        HANDLERS[type(envelope.event)](batch, envelope, envelope.event)  # type: ignore[index]
        await replica.reactions.save(batch, session)

    await transaction(replica.store.client, work, deadline=30)
    assert (tries[0], tries[-1]) == (State.PENDING, State.SENDING)
    assert [one.recipient for one in await replica.messages(kind=RIGHTED)] == ["PO-50"]


async def test_a_generation_that_was_rebuilt_tells_nothing_again_and_sends_what_waits(told: Told) -> None:
    history = (missed(1), corrected(there(1)), missed(2, session=2))
    await told.happens(history[0])
    await told.goes_out()
    await told.happens(*history[1:])
    await told.remembered_anew(*history)
    await told.goes_out()
    assert await told.counts() == (2, 1)
    await told.happens(corrected(absent_again(1)), corrected(there(1)), corrected(there(2)))
    await told.goes_out()
    assert await told.counts() == (2, 2)
    assert await told.sent(NO_SHOW) == ["person-1", "person-2"]
