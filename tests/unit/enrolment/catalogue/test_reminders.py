"""When a programme has its people reminded: what may be said, and that the runs say it."""

import pytest
from pydantic import ValidationError

from services.enrolment.catalogue.domain.description import Description
from services.enrolment.catalogue.http.bodies import DescriptionBody
from shared.events.catalogue import USUAL_REMINDERS

BODY = {"code": "C", "title": "ชื่อ", "kind": "TRAINING"}


def described(**more: object) -> Description:
    return DescriptionBody.model_validate(BODY | more, strict=False).described(2563)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, USUAL_REMINDERS),
        ({"reminders": []}, ()),
        ({"reminders": ["D-7"]}, ("D-7",)),
        ({"reminders": ["D-30", "D-1", "D-30"]}, ("D-30", "D-1")),
    ],
)
def test_what_may_be_said(said: dict[str, object], kept: tuple[str, ...]) -> None:
    assert described(**said).reminders == kept


@pytest.mark.parametrize("wrong", [["D-0"], ["D-31"], ["D+1"], ["7"], ["D-07"], ["D-1"] * 6, "D-7", [7]])
def test_what_may_not(wrong: object) -> None:
    with pytest.raises(ValidationError):
        described(reminders=wrong)
