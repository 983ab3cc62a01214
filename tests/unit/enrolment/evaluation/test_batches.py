"""Anonymity by difference: whatever people answer, in whatever order, and whenever somebody looks, no two looks differ
by fewer than five people in anything; and nothing is lost or counted twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrolment.evaluation.domain.batches import FULL, Held, Pool, batch_event, cut, released_now
from services.enrolment.evaluation.domain.evaluations import Chosen, Evaluation, answered, ended, told
from services.enrolment.evaluation.domain.forms import Asked, Form
from services.enrolment.evaluation.domain.questions import Choice, Question, QuestionKind
from shared.events.evaluation import SMALLEST_BATCH, AnswersReleased, FormKind

FORM: Final = Form(
    "X",
    3,
    FormKind.REACTION,
    "แบบ",
    (
        Asked(Question("overall", 1, QuestionKind.LEVEL, "โดยรวม")),
        Asked(Question("use", 1, QuestionKind.LEVEL, "การใช้"), required=False),
        Asked(Question("points", 1, QuestionKind.NUMBER, "คะแนน", least=0, most=20), required=False),
        Asked(Question("way", 1, QuestionKind.CHOICE, "ทาง", choices=(Choice("a.b", "ก"), Choice("c", "ข"))), False),
        Asked(Question("said", 1, QuestionKind.TEXT, "อื่น ๆ"), required=False),
    ),
    "overall",
)
LEVELS: Final = st.integers(1, 5)
SAID: Final = st.fixed_dictionaries(
    {"overall": LEVELS},
    optional={
        "use": LEVELS,
        "points": st.integers(0, 20),
        "way": st.sampled_from(["a.b", "c"]),
        "said": st.sampled_from(["ดี", "ดีมาก"]),
    },
)
GAINS: Final = st.none() | st.integers(-4, 4)
ANSWER: Final = st.tuples(st.just("answer"), SAID, GAINS, st.randoms(use_true_random=False))
WORK: Final = st.tuples(st.sampled_from(["release", "quiet"]))
# Often more between two looks than are held back.
STEPS: Final = st.lists(st.tuples(st.lists(ANSWER, max_size=14), WORK), max_size=6).map(
    lambda parts: [step for answers, work in parts for step in (*answers, work)]
)


@dataclass
class Look:
    """What an organiser sees at one time."""

    released: int
    gains: int
    by_question: dict[str, int]


@dataclass
class Run:
    """A form of a run, answered and released as the service does it."""

    evaluation: Evaluation = field(default_factory=lambda: Evaluation("r1", FormKind.REACTION))
    pool: Pool = field(default_factory=Pool)
    events: list[AnswersReleased] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=lambda: [Look(0, 0, {})])

    def answer(self, said: dict[str, Any], gain: int | None, random: Any) -> None:
        if self.evaluation.held >= FULL:
            self.release(final=False)
        held = [*self.pool.held, Held(said, gain)]
        random.shuffle(held)
        self.pool = replace(self.pool, held=tuple(held))
        self.evaluation = answered(self.evaluation, Chosen(FORM.key, FORM.version))

    def release(self, *, final: bool) -> None:
        if size := released_now(self.evaluation.held, final=final):
            self.pool, batch = cut(FORM, self.pool, size)
            self.evaluation = told(self.evaluation, batch)
            self.events.append(batch_event("p1", "r1", 2569, FORM, batch))
            self.texts += batch.texts
            sums = {key: one.answers for key, one in self.evaluation.sums.items()}
            self.looks.append(Look(self.evaluation.released, self.evaluation.gains, sums))

    def close(self) -> None:
        self.release(final=True)
        self.evaluation = ended(self.evaluation)
        self.pool = Pool()


def played(steps: Sequence[Any]) -> Run:
    run = Run()
    for step in steps:
        if step[0] == "answer":
            run.answer(*step[1:])
        else:
            run.release(final=step[0] == "quiet")
        conserved(run)
    return run


def conserved(run: Run) -> None:
    one = run.evaluation
    assert one.answered == one.held + one.released + one.withheld
    assert one.held == len(run.pool.held)
    assert one.seq == len(run.events)
    assert one.released == sum(event.answers for event in run.events)


def is_nobody_or_five(count: int) -> bool:
    return count == 0 or count >= SMALLEST_BATCH


@settings(max_examples=300)
@given(STEPS, st.booleans())
def test_no_two_looks_differ_by_fewer_than_five(steps: Sequence[Any], closes: bool) -> None:
    run = played(steps)
    if closes:
        run.close()
    for earlier, later in combinations(run.looks, 2):
        assert is_nobody_or_five(later.released - earlier.released)
        assert is_nobody_or_five(later.gains - earlier.gains)
        for question, count in later.by_question.items():
            assert is_nobody_or_five(count - earlier.by_question.get(question, 0))
    for event in run.events:
        assert event.answers >= SMALLEST_BATCH
        assert all(one.answers >= SMALLEST_BATCH for one in event.questions)


@settings(max_examples=300)
@given(STEPS)
def test_nothing_is_lost_or_counted_twice(steps: Sequence[Any]) -> None:
    """What was told, with what is held and carried, is all that was said."""
    run = played(steps)
    said = [step[1] for step in steps if step[0] == "answer"]
    held = [one.answers for one in run.pool.held]
    for question in FORM.questions:
        given_ones = [one[question] for one in said if question in one]
        kept = [one[question] for one in held if question in one]
        sums = [sums[question] for sums in (run.evaluation.sums, run.pool.carried) if question in sums]
        assert len(given_ones) == len(kept) + sum(one.answers for one in sums)
        counts = sum((Counter(one.counts) for one in sums), Counter[str]())
        if FORM.questions[question].kind in (QuestionKind.LEVEL, QuestionKind.CHOICE):
            assert Counter(map(str, given_ones)) == Counter(map(str, kept)) + counts
        else:
            assert not counts
        numbers = [value for value in given_ones if isinstance(value, int)]
        assert sum(numbers) == sum(v for v in kept if isinstance(v, int)) + sum(one.total for one in sums)
    written = Counter(one["said"] for one in said if "said" in one)
    assert written == Counter(text for _, text in run.texts) + Counter(one["said"] for one in held if "said" in one)


@settings(max_examples=200)
@given(STEPS)
def test_events_add_up_to_what_is_stored(steps: Sequence[Any]) -> None:
    run = played(steps)
    for question, stored in run.evaluation.sums.items():
        told_ones = [one for event in run.events for one in event.questions if one.question == question]
        assert stored.answers == sum(one.answers for one in told_ones)
        assert stored.counts == sum((Counter(one.counts) for one in told_ones), Counter[str]())
        assert stored.total == sum(one.total or 0 for one in told_ones)
    assert run.evaluation.gains == sum(event.gains for event in run.events)
    assert run.evaluation.gained == sum(event.gained for event in run.events)


@given(STEPS)
def test_a_close_withholds_fewer_than_five_and_only_then(steps: Sequence[Any]) -> None:
    run = played(steps)
    held = run.evaluation.held
    run.close()
    assert run.evaluation.withheld == (held if held < SMALLEST_BATCH else 0)
    assert run.evaluation.closed
    assert run.evaluation.settled
    conserved(run)


@given(st.integers(0, 200))
def test_while_a_form_is_open_five_are_held_back(held: int) -> None:
    released = released_now(held, final=False)
    assert is_nobody_or_five(released)
    assert released == 0 or held - released == SMALLEST_BATCH
    assert released_now(held, final=True) == (held if held >= SMALLEST_BATCH else 0)


def test_a_pool_never_holds_more_than_it_may() -> None:
    run = Run()

    class Unchanged:
        def shuffle(self, held: list[Held]) -> None: ...

    for number in range(100):
        run.answer({"overall": 1 + number % 5}, None, Unchanged())
        assert run.evaluation.held <= FULL
