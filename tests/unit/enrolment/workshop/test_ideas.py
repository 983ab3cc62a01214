"""What may become of an idea: every state with every action, written out by hand, and what else is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from services.enrolment.workshop.domain import idea_refusals as refusals
from services.enrolment.workshop.domain import ideas
from services.enrolment.workshop.domain.groups import Member
from services.enrolment.workshop.domain.ideas import (
    Action,
    Adoption,
    Better,
    Content,
    Idea,
    IdeaOutcome,
    Indicator,
    Prototype,
    State,
)
from services.enrolment.workshop.domain.judging import give
from services.enrolment.workshop.domain.refusals import NoGroups, UnknownGroup
from services.enrolment.workshop.domain.scoring import Criterion, Score, Scoring
from shared.errors import Refused
from shared.events import workshops as events
from tests.unit.enrolment.workshop.people import EMPTY, holder

GROUPS = replace(EMPTY, sizes=(10,) * 5, seq=7, ideas=1, written=1)
JUDGED = replace(GROUPS, scoring=Scoring((Criterion("use", "ประโยชน์", 10),), ("judge",)))
BEGUN = replace(JUDGED, scoring=Scoring(JUDGED.scoring.criteria, ("judge",), begun=True))  # type: ignore[union-attr]
CLOSED = replace(JUDGED, scoring=Scoring(JUDGED.scoring.criteria, ("judge",), open=False))  # type: ignore[union-attr]
INDICATOR = Indicator("เวลาที่ใช้", "วัน", Better.LOWER, baseline=10, target=5)
CONTENT = Content("ระบบติดตามหนังสือ", "หนังสือล่าช้า", "สำนักงานจังหวัด", Prototype.SKETCH, (INDICATOR,))
DRAFT = Idea("i1", "run", 2, CONTENT)
ADOPTED = replace(DRAFT, state=State.ADOPTED, adoptions=(Adoption("PO-50", date(2024, 6, 1)),))

# Columns: change submit reopen withdraw score award adopt measure; "-" is refused.
GRID = {
    State.DRAFT: "DRAFT SUBMITTED - WITHDRAWN - - - -",
    State.SUBMITTED: "- - DRAFT WITHDRAWN SUBMITTED AWARDED ADOPTED -",
    State.AWARDED: "- - - - - - ADOPTED -",
    State.ADOPTED: "- - - - - - ADOPTED ADOPTED",
    State.WITHDRAWN: "- - - - - - - -",
}
CELLS = [(state, action, cell) for state, row in GRID.items() for action, cell in zip(Action, row.split(), strict=True)]


def carried_out(action: Action, idea: Idea) -> State:
    if action is Action.SCORE:
        give(JUDGED, idea, Score(idea.id, "judge", {"use": 3}), ())
        return idea.state
    does: dict[Action, Callable[[], IdeaOutcome]] = {
        Action.CHANGE: lambda: ideas.change(GROUPS, idea, CONTENT),
        Action.SUBMIT: lambda: ideas.submit(GROUPS, idea),
        Action.REOPEN: lambda: ideas.reopen(GROUPS, idea),
        Action.WITHDRAW: lambda: ideas.withdraw(GROUPS, idea),
        Action.AWARD: lambda: ideas.award(GROUPS, idea, 1, []),
        Action.ADOPT: lambda: ideas.adopt(GROUPS, idea, Adoption("PO-95", date(2024, 7, 1))),
        Action.MEASURE: lambda: ideas.measure(GROUPS, idea, "PO-50", 1, date(2024, 7, 1), 4),
    }
    outcome = does[action]()
    assert outcome.idea.version == idea.version + 1
    assert outcome.workshop.seq == GROUPS.seq + len(outcome.events)
    return outcome.idea.state


@pytest.mark.parametrize(("state", "action", "cell"), CELLS, ids=lambda value: str(value))
def test_every_state_with_every_action(state: State, action: Action, cell: str) -> None:
    idea = replace(ADOPTED, state=state)
    if cell == "-":
        with pytest.raises(refusals.IdeaState) as refused:
            carried_out(action, idea)
        assert refused.value.details == {"state": state.value}
    else:
        assert carried_out(action, idea) is State(cell)


def test_the_grid_has_all_of_the_table() -> None:
    assert {(state, action): State(cell) for state, action, cell in CELLS if cell != "-"} == ideas.TRANSITIONS


SUBMITTED = replace(DRAFT, state=State.SUBMITTED)
WITHOUT = replace(DRAFT, content=replace(CONTENT, indicators=()))
FULL = replace(ADOPTED, adoptions=tuple(Adoption(f"PO-{n}", date(2024, 6, 1)) for n in range(ideas.MOST_RECORDS)))


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        (lambda: ideas.begin(EMPTY, DRAFT), NoGroups),
        (lambda: ideas.begin(GROUPS, replace(DRAFT, group=6)), UnknownGroup),
        (lambda: ideas.begin(BEGUN, DRAFT), refusals.IdeaInScoring),
        (lambda: ideas.begin(CLOSED, DRAFT), refusals.IdeaInScoring),
        (lambda: ideas.begin(replace(GROUPS, ideas=ideas.MOST_IDEAS), DRAFT), refusals.TooManyIdeas),
        (lambda: ideas.begin(replace(GROUPS, written=ideas.MOST_WRITTEN), DRAFT), refusals.TooManyIdeas),
        (lambda: ideas.submit(GROUPS, WITHOUT), refusals.IdeaWithoutIndicator),
        (lambda: ideas.begin_submitted(GROUPS, WITHOUT), refusals.IdeaWithoutIndicator),
        (lambda: ideas.submit(BEGUN, DRAFT), refusals.IdeaInScoring),
        (lambda: ideas.reopen(BEGUN, SUBMITTED), refusals.IdeaInScoring),
        (lambda: ideas.withdraw(CLOSED, SUBMITTED), refusals.IdeaInScoring),
        (lambda: ideas.award(BEGUN, SUBMITTED, 1, []), refusals.ScoringIsOpen),
        (lambda: ideas.adopt(JUDGED, SUBMITTED, Adoption("PO-50", date(2024, 6, 1))), refusals.ScoringIsOpen),
        (lambda: ideas.adopt(GROUPS, ADOPTED, Adoption("PO-50", date(2024, 8, 1))), refusals.AdoptedThere),
        (lambda: ideas.adopt(GROUPS, FULL, Adoption("PO-999", date(2024, 8, 1))), refusals.TooManyMeasurements),
        (lambda: ideas.measure(GROUPS, ADOPTED, "PO-50", 2, date(2024, 7, 1), 1), refusals.UnknownIndicator),
        (lambda: ideas.measure(GROUPS, ADOPTED, "PO-51", 1, date(2024, 7, 1), 1), refusals.NotAdoptedThere),
        (lambda: ideas.measure(GROUPS, ADOPTED, "PO-50", 1, date(2024, 5, 31), 1), refusals.NotAdoptedThere),
        (lambda: ideas.measure(GROUPS, FULL, "PO-1", 1, date(2024, 7, 1), 1), refusals.TooManyMeasurements),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_own_code(attempt: Callable[[], object], refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        attempt()


def test_an_idea_is_submitted_at_once_as_its_first_version() -> None:
    outcome = ideas.begin_submitted(GROUPS, DRAFT)
    assert (outcome.idea.state, outcome.idea.version) == (State.SUBMITTED, 1)
    assert (outcome.workshop.ideas, outcome.workshop.written, outcome.workshop.seq) == (2, 2, 8)
    assert [type(fact) for fact in outcome.events] == [events.IdeaSubmitted]


def test_a_draft_comes_and_goes_and_nothing_is_told() -> None:
    begun = ideas.begin(GROUPS, DRAFT)
    gone = ideas.withdraw(begun.workshop, begun.idea)
    assert (begun.events, gone.events) == ((), ())
    assert (gone.workshop.ideas, gone.workshop.written) == (GROUPS.ideas, GROUPS.written + 1)


def test_an_award_names_the_people_of_the_group() -> None:
    [fact] = ideas.award(CLOSED, SUBMITTED, 1, [Member.of(holder(number)) for number in (1, 2)]).events
    assert isinstance(fact, events.IdeaAwarded)
    assert (fact.idea, fact.group, fact.award) == ("i1", 2, 1)
    assert [(one.person, one.group) for one in fact.members] == [("p0001", 2), ("p0002", 2)]


@pytest.mark.parametrize(
    ("better", "target", "value", "reached"),
    [
        (Better.LOWER, 5, 5, True),
        (Better.LOWER, 5, 5.1, False),
        (Better.HIGHER, 5, 5, True),
        (Better.HIGHER, 5, 4.9, False),
        (Better.HIGHER, 0, 0, True),
        (Better.HIGHER, None, 4.9, None),
    ],
)
def test_a_measurement_says_whether_the_target_is_reached(
    better: Better, target: float | None, value: float, reached: bool | None
) -> None:
    idea = replace(ADOPTED, content=replace(CONTENT, indicators=(Indicator("ก", "ข", better, 0, target),)))
    outcome = ideas.measure(GROUPS, idea, "PO-50", 1, date(2024, 6, 1), value)
    [fact] = outcome.events
    assert isinstance(fact, events.IdeaMeasured)
    assert fact.reached is outcome.idea.measurements[-1].reached is reached


def test_no_event_has_a_word_of_what_was_written() -> None:
    facts = [
        *ideas.begin_submitted(GROUPS, DRAFT).events,
        *ideas.award(GROUPS, SUBMITTED, 1, []).events,
        *ideas.adopt(GROUPS, SUBMITTED, Adoption("PO-95", date(2024, 7, 1))).events,
        *ideas.measure(GROUPS, ADOPTED, "PO-50", 1, date(2024, 7, 1), 4).events,
    ]
    for word in (CONTENT.title, CONTENT.problem, CONTENT.users, INDICATOR.name, INDICATOR.measure):
        assert all(word not in fact.model_dump_json() for fact in facts)
