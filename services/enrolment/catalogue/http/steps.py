"""The steps of a route of approval in bodies: a word, or an object with a deadline."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field, model_validator

from services.enrolment.catalogue.domain.approval import ApprovalStep, OnDeadline, Route
from shared.bodies import Body
from shared.events.seats import Approver

MOST_DAYS = 60


class StepBody(Body):
    """`days` are working days. When they are over the next step decides, and after the last one nobody does."""

    step: Approver
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] | None = None
    on_deadline: OnDeadline | None = None

    @model_validator(mode="after")
    def _timely(self) -> "StepBody":
        if self.on_deadline is not None and self.days is None:
            raise ValueError("onDeadline needs days")
        return self


def route(sent: Iterable[Approver | StepBody]) -> Route:
    steps = [StepBody(step=one) if isinstance(one, Approver) else one for one in sent]
    return tuple(_step(step, last=place == len(steps)) for place, step in enumerate(steps, 1))


def _step(sent: StepBody, *, last: bool) -> ApprovalStep:
    usual = OnDeadline.EXPIRE if last else OnDeadline.ESCALATE
    return ApprovalStep(sent.step, sent.days, None if sent.days is None else sent.on_deadline or usual)
