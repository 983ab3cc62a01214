"""One run of a programme is cancelled; the others take place. Pure.

Nominations stay as they were: what they had come to is a fact, and that the run is cancelled is said once, by the run,
however many people are in it. Who is told of it is told page by page (ADR 17).
"""

from collections.abc import Sequence
from datetime import datetime

from services.enrolment.catalogue.domain.closing_refusals import LastRun, RunCancelled
from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.domain.programmes import Action, State, next_state
from services.enrolment.catalogue.domain.refusals import RunEnded
from services.enrolment.catalogue.domain.runs import Run, RunState, end_run
from shared.events.envelope import Event


def cancel_run(
    state: State, run: Run, siblings: Sequence[Run], description: Description, at: datetime
) -> tuple[Run, list[Event]]:
    """`state` is that of the programme, `siblings` are all of its runs; `at` is system time. The last run that is left
    is not cancelled by itself: a programme without any is one that was cancelled. Raises ProgrammeEnded,
    RunNotApproved, RunCancelled, RunEnded and LastRun."""
    next_state(state, Action.CANCEL_RUN)
    if run.state is RunState.CANCELLED:
        raise RunCancelled()
    if run.over(at):
        raise RunEnded()
    if all(one.id == run.id or one.state is RunState.CANCELLED for one in siblings):
        raise LastRun()
    return end_run(run, description, cancelled=True)
