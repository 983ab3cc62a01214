"""One generation of the read model takes over from another: people are told what one alone would have told them."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notification.domain import Kind
from shared.events.envelope import Envelope
from tests.unit.notification.test_fan_outs import CANCELLED, SCHEDULES, Store, interleavings, life, played

Steps = list[tuple[Envelope, ...] | int]


def consume(store: Store, steps: Steps, silent: Callable[[Envelope], bool] = lambda envelope: False) -> None:
    for step in steps:
        if isinstance(step, int):
            store.page(step)
        else:
            store.consume(*step, silent=silent)


@settings(max_examples=300)
@given(st.sampled_from([[SCHEDULES[0], CANCELLED], SCHEDULES]).flatmap(interleavings), st.data())
def test_whenever_the_pointer_moves_everybody_is_told_the_same(steps: Steps, data: st.DataObject) -> None:
    """The new one has read some of what the old one has handled, silently; then it goes on alone, and of what it had
    not read yet it still only remembers what the old one has handled. The old one's fan-outs end by what it knew."""
    moved = data.draw(st.integers(0, len(steps)))
    read = data.draw(st.integers(0, moved))
    alone, old, new = played(steps), Store(), Store()
    consume(old, steps[:moved])
    consume(new, steps[:read], silent=lambda _: True)
    assert new.messages == {}
    assert new.work == {}
    handled = {each.id for step in steps[:moved] if not isinstance(step, int) for each in step}
    consume(new, steps[read:], silent=lambda envelope: envelope.id in handled)
    while old.page(2) or new.page(2):
        pass

    assert (new.messages | old.messages).keys() == alone.messages.keys()
    assert new.told() | old.told() == alone.told() == alone.at_once


@pytest.mark.parametrize("cancelled_before", [True, False])
def test_of_a_cancellation_people_learn_from_whoever_acted_on_it(*, cancelled_before: bool) -> None:
    """Both may read a nomination after the cancellation. The old one has told whom it knew; the new one tells those
    whom the old one knew when it had not heard of the cancellation yet."""
    new = Store()
    new.consume(SCHEDULES[0], silent=lambda _: True)
    new.consume(CANCELLED, silent=lambda _: cancelled_before)
    new.consume(*life(1, "s"), silent=lambda _: True)

    told = [message.recipient for message in new.messages.values() if message.kind == Kind.RUN_CANCELLED]
    assert told == ([] if cancelled_before else ["p1"])
