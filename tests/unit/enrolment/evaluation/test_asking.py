"""Who is asked to answer which forms, when, and that it is once and once more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.catalogue import RunState
from services.enrolment.evaluation.domain.asking import (
    AUDIENCE,
    ONE_DAY,
    Asking,
    Audience,
    Round,
    Unanswered,
    asked_at,
    ended,
    events_of,
    looks_at,
    next_round,
    reminded_at,
    still_open,
    takes_place,
    went_on,
)
from services.enrolment.evaluation.domain.evaluations import Evaluation
from services.enrolment.evaluation.domain.windows import Phase
from services.enrolment.evaluation.storage.asking import asking_document, asking_of
from services.enrolment.seats import Holder
from shared.clock import BANGKOK
from shared.events.evaluation import MOST_ASKED, FormKind
from shared.events.seats import NominationState, Place
from tests.unit.enrolment.evaluation.test_forms import ENDS, RUN

PRE, POST, REACTION, TRANSFER = FormKind
FORMS = [Evaluation(RUN.id, kind) for kind in FormKind]
MORNING = timedelta(hours=8, minutes=30)


def day(month: int, of_month: int, hours: timedelta = MORNING) -> datetime:
    return datetime(2024, month, of_month, tzinfo=BANGKOK) + hours


def form(kind: FormKind, opens: datetime | None = None, closes: datetime | None = None) -> Evaluation:
    return Evaluation(RUN.id, kind, opens_at=opens, closes_at=closes)


def rounds(forms: list[Evaluation], moments: list[datetime], asking: Asking | None = None) -> list[tuple[str, ...]]:
    """Which there are, when somebody looks at these moments and goes through everybody at once."""
    asking, found = asking or Asking(RUN.id), []
    for now in moments:
        while (begun := next_round(asking, RUN, forms, now)) is not None:
            found.append((f"{now:%m-%d %H:%M}", *begun.forms, *(["again"] if begun.again else [])))
            asking = ended(asking, begun, RUN, forms, now, 1)
    return found


def hourly(since: datetime, until: datetime) -> list[datetime]:
    return [since + timedelta(minutes=30) * n for n in range(round((until - since) / timedelta(minutes=30)))]


def test_by_usual_times_people_are_asked_and_asked_once_more() -> None:
    """The run is on 11 and 12 March. POST and REACTION are one round; nobody is asked at midnight."""
    assert rounds(FORMS, hourly(day(1, 1), day(9, 1))) == [
        ("02-10 08:30", PRE),
        ("03-08 08:30", PRE, "again"),
        ("03-12 16:30", POST, REACTION),
        ("04-01 08:30", POST, REACTION, "again"),
        ("06-10 08:30", TRANSFER),
        ("07-20 08:30", TRANSFER, "again"),
    ]


@pytest.mark.parametrize(
    ("opens", "closes", "asked", "again"),
    [
        (day(3, 12, timedelta(hours=15)), day(3, 30), day(3, 12, timedelta(hours=15)), day(3, 24)),
        (day(3, 13, timedelta(hours=3)), day(3, 23), day(3, 13), day(3, 19)),
        (day(3, 13, timedelta(hours=22)), day(3, 23), day(3, 13, timedelta(hours=22)), day(3, 19)),
        (day(3, 13), day(3, 16), day(3, 13), day(3, 15)),
        (day(3, 13), day(3, 15), day(3, 13), day(3, 14)),  # as late as may be: a day before the end
        (day(3, 13), day(3, 15, timedelta(hours=8)), day(3, 13), None),  # then there is no day between
        (day(3, 13), day(3, 14), day(3, 13), None),
        (day(3, 13), day(3, 13, timedelta(hours=12)), day(3, 13), None),
        (day(3, 13, timedelta(hours=3)), day(3, 13, timedelta(hours=8)), day(3, 13, timedelta(hours=3)), None),
        (None, day(3, 14), ENDS, None),
        (None, day(3, 12, timedelta(hours=12)), day(3, 12), None),  # it closes before the run ends
        (day(3, 1), None, day(3, 1), day(3, 28)),
    ],
)
def test_the_organiser_fixes_times(
    opens: datetime | None, closes: datetime | None, asked: datetime, again: datetime | None
) -> None:
    one = form(REACTION, opens, closes)
    assert (asked_at(RUN, one), reminded_at(RUN, one)) == (asked, again)


@pytest.mark.parametrize(
    ("opens", "closes", "again"),
    [
        (day(2, 1), day(3, 1), day(2, 27)),
        (day(2, 21), day(3, 1), day(2, 27)),
        (day(2, 26), day(3, 1), day(2, 28)),
        (day(2, 28), day(3, 1), day(2, 29)),
        (day(2, 29), day(3, 1), None),
    ],
)
def test_before_a_run_people_still_get_seats(opens: datetime, closes: datetime, again: datetime | None) -> None:
    assert reminded_at(RUN, form(PRE, opens, closes)) == again


@given(
    kind=st.sampled_from(FormKind),
    opens=st.datetimes(datetime(2024, 1, 1), datetime(2024, 12, 1)),
    open_for=st.timedeltas(timedelta(minutes=1), timedelta(days=200)),
)
def test_whatever_is_fixed_people_are_asked_while_it_is_open_and_a_day_apart(
    kind: FormKind, opens: datetime, open_for: timedelta
) -> None:
    one = form(kind, opens.replace(tzinfo=UTC), opens.replace(tzinfo=UTC) + open_for)
    window, asked, again = one.window(RUN), asked_at(RUN, one), reminded_at(RUN, one)
    assert window.phase(asked) is Phase.OPEN
    local = asked.astimezone(BANGKOK)
    assert local - local.replace(hour=0, minute=0, second=0, microsecond=0) >= MORNING or asked == window.opens_at
    if again is not None:
        assert asked + ONE_DAY <= again <= window.closes_at - ONE_DAY
        assert f"{again.astimezone(BANGKOK):%H:%M}" == "08:30"


def test_forms_that_open_at_other_times_are_other_rounds_unless_somebody_looks_late() -> None:
    later = [form(POST), form(REACTION, day(3, 14))]
    assert rounds(later, hourly(day(3, 12), day(3, 20))) == [("03-12 16:30", POST), ("03-14 08:30", REACTION)]
    assert rounds(later, [day(3, 20)]) == [("03-20 08:30", POST, REACTION)]
    everything = [form(kind, day(3, 12), day(9, 1)) for kind in FormKind]
    assert rounds(everything, [day(3, 12)]) == [
        ("03-12 08:30", PRE),
        ("03-12 08:30", POST, REACTION),
        ("03-12 08:30", TRANSFER),
    ]


@pytest.mark.parametrize("kind", FormKind)
def test_nobody_is_asked_before_or_after(kind: FormKind) -> None:
    one = form(kind, day(5, 1), day(5, 31))
    early, late = day(5, 1) - timedelta(seconds=1), day(5, 31)
    assert rounds([one], [early, late, late + ONE_DAY]) == []
    assert rounds([replace(one, closed=True)], [day(5, 2)]) == []
    assert looks_at(Asking(RUN.id), RUN, [one], early) == day(5, 1)
    assert looks_at(Asking(RUN.id), RUN, [one], late) is None
    assert looks_at(Asking(RUN.id), RUN, [replace(one, closed=True)], early) is None


def test_whoever_is_asked_late_is_asked_once() -> None:
    """The second time would have been on the 21st."""
    one = form(REACTION, day(5, 1), day(5, 31))
    assert reminded_at(RUN, one) == day(5, 21)
    assert rounds([one], [day(5, 19), *hourly(day(5, 20), day(5, 31))])[1:] == [("05-21 08:30", REACTION, "again")]
    assert rounds([one], hourly(day(5, 21), day(5, 31))) == [("05-21 08:30", REACTION)]
    assert rounds([one], hourly(day(5, 20) + timedelta(hours=1), day(5, 31))) == [("05-20 09:30", REACTION)]


def test_times_that_move_do_not_ask_again() -> None:
    first = form(REACTION, day(5, 1), day(5, 31))
    asking = Asking(RUN.id, asked=frozenset({REACTION}), reminded=frozenset({REACTION}))
    later = form(REACTION, day(6, 1), day(6, 30))
    assert rounds([later], hourly(day(5, 1), day(7, 1)), asking) == []
    once = replace(asking, reminded=frozenset())
    assert rounds([later], hourly(day(5, 1), day(7, 1)), once) == [("06-20 08:30", REACTION, "again")]
    assert rounds([first], [day(5, 30)], once) == [("05-30 08:30", REACTION, "again")]


@pytest.mark.parametrize("asked", list(product((True, False), repeat=4)))
def test_the_next_look_is_when_the_next_round_is(asked: tuple[bool, ...]) -> None:
    """In every state there is something due now or it is said when: nothing is slept through."""
    kinds = frozenset(kind for kind, done in zip(FormKind, asked, strict=True) if done)
    asking, now = Asking(RUN.id, asked=kinds), day(1, 1)
    for _ in range(20):
        while (begun := next_round(asking, RUN, FORMS, now)) is not None:
            asking = ended(asking, begun, RUN, FORMS, now, 1)
        at = looks_at(asking, RUN, FORMS, now)
        if at is None:
            break
        assert at > now
        assert next_round(asking, RUN, FORMS, at - timedelta(seconds=1)) is None
        assert next_round(asking, RUN, FORMS, at) is not None
        now = at
    assert asking.asked == frozenset(FormKind)
    assert asking.reminded == frozenset(FormKind)


@pytest.mark.parametrize("state", RunState)
@pytest.mark.parametrize("opened", [True, False])
def test_of_a_run_that_is_off_nobody_is_asked(state: RunState, opened: bool) -> None:
    expected = opened and state is not RunState.CANCELLED
    assert takes_place(replace(RUN, state=state, opened=opened)) is expected


def holder(number: int, unit: str = "PO-50.HR") -> Holder:
    place = Place(unit=unit, province="50", group="NU1", region="N")
    return Holder(f"n{number}", RUN.id, f"p{number}", "T", "PO-50", place, NominationState.CONFIRMED)


def test_events_name_whom_and_are_bounded() -> None:
    begun, now = Round((POST, REACTION)), day(3, 13)
    forms = still_open(begun, RUN, [form(POST, None, day(3, 20)), form(REACTION), form(PRE)], now)
    both = [Unanswered(holder(number), (POST, REACTION)) for number in range(MOST_ASKED + 1)]
    one = [Unanswered(holder(900), (REACTION,))]
    events = events_of(RUN, begun, forms, [*both, *one])
    assert [(event.forms, len(event.people)) for event in events] == [
        ((POST, REACTION), MOST_ASKED),
        ((POST, REACTION), 1),
        ((REACTION,), 1),
    ]
    assert {event.closes_at for event in events[:2]} == {day(3, 20)}, "until the first of them closes"
    assert events[2].closes_at == form(REACTION).window(RUN).closes_at
    assert events[2].people[0].model_dump() == {"nomination": "n900", "person": "p900", "unit": "PO-50.HR"}
    assert {(event.again, event.offices, event.aggregate) for event in events} == {(False, (), f"asking:{RUN.id}")}


def test_superiors_are_asked_at_their_offices_and_nobody_is_named() -> None:
    begun = Round((TRANSFER,), again=True)
    people = [holder(1), holder(2, "PO-50.STRAT"), holder(3, "PO-11"), holder(4, "PERS")]
    unanswered = [Unanswered(one, (TRANSFER,)) for one in people]
    (event,) = events_of(RUN, begun, [form(TRANSFER)], unanswered)
    assert (event.offices, event.people, event.again) == (("PERS", "PO-11", "PO-50"), (), True)


def test_who_is_to_be_asked_about_what() -> None:
    assert {kind: AUDIENCE[kind] for kind in FormKind} == {
        PRE: Audience.SEATED,
        POST: Audience.PRESENT,
        REACTION: Audience.PRESENT,
        TRANSFER: Audience.SUPERIORS,
    }


def test_a_round_goes_on_where_it_was_cut_off_and_ends_with_its_forms() -> None:
    now = day(3, 13)
    begun = next_round(Asking(RUN.id), RUN, FORMS, now)
    assert begun == Round((POST, REACTION))
    on = went_on(Asking(RUN.id), begun, "n200", 3)
    assert (on.seq, on.version, on.asked) == (3, 1, frozenset())
    assert next_round(on, RUN, FORMS, day(9, 1)) == Round((POST, REACTION), after="n200")
    assert still_open(begun, RUN, FORMS, day(9, 1)) == []
    done = ended(on, Round((POST, REACTION), after="n200"), RUN, FORMS, now, 0)
    assert (done.seq, done.version, done.round, done.asked) == (3, 2, None, frozenset({POST, REACTION}))


@pytest.mark.parametrize("round", [None, Round((POST, REACTION), again=True, after="n7")])
def test_it_is_stored_and_read_as_it_was(round: Round | None) -> None:
    asking = Asking(RUN.id, frozenset({PRE}), frozenset({PRE, POST}), round, 4, 7)
    assert asking_of({"_id": RUN.id, **asking_document(asking)}) == asking
