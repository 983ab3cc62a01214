"""A copier does what `dataclasses.replace` does."""

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrolment.seats.domain.model import Bucket, Nomination
from shared.copies import copier
from shared.events.seats import NominationState
from tests.unit.enrolment.seats.builders import bucket, nomination

ORIGINALS: list[Bucket | Nomination] = [bucket(), nomination("n", NominationState.WAITLISTED, "somebody", queue=3)]


@pytest.mark.parametrize("original", ORIGINALS, ids=lambda one: type(one).__name__)
@given(data=st.data())
def test_a_changed_copy_is_that_of_the_library(original: Any, data: st.DataObject) -> None:
    names = [field.name for field in fields(original)]
    changes = data.draw(st.dictionaries(st.sampled_from(names), st.integers()))
    before = replace(original)
    assert copier(type(original))(original, **changes) == replace(original, **changes)
    assert original == before, "the original stays as it was"


@pytest.mark.parametrize("original", ORIGINALS, ids=lambda one: type(one).__name__)
def test_what_is_no_field_is_refused(original: Any) -> None:
    with pytest.raises(KeyError):
        copier(type(original))(original, unheard_of=1)


def test_a_class_without_slots_is_refused() -> None:
    @dataclass
    class Open:
        left: int
        right: int

    with pytest.raises(AttributeError):
        copier(Open)
