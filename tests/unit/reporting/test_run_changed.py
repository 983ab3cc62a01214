"""Nominations that go to another run: each run counts its own, in whatever order the events of the two come."""

from hypothesis import given
from hypothesis import strategies as st

from pattana.audit.buckets import BucketFold
from pattana.audit.reports import rollup_differences, row_differences
from services.enrolment.seats.domain.carrying import arrive, depart
from services.reporting.projecting.handlers import HANDLERS, ProjectionBatch
from services.reporting.storage.documents import document_of_row, update_of
from tests.unit.reporting.histories import CHIANG_MAI, History


def histories() -> tuple[History, History]:
    """There and back again: a seat, and a wait."""
    one = History.of(CHIANG_MAI, 1).nominate("a", CHIANG_MAI).nominate("b", CHIANG_MAI)
    two = History.of(CHIANG_MAI, 0, run="r2")
    going = [one.nominations["a"], one.nominations["b"]]
    one.take(depart(one.bucket, going, "r2"))
    one.nominations.clear()  # nobody waits there any more
    two.take(arrive(two.bucket, [(each, CHIANG_MAI) for each in going], "r1"))
    back = [two.nominations["a"]]
    two.take(depart(two.bucket, back, "r1"))
    one.take(arrive(one.bucket, [(each, CHIANG_MAI) for each in back], "r2"))
    one.withdraw("a")
    return one, two


ONE, TWO = histories()
ORDER = [0] * len(ONE.envelopes) + [1] * len(TWO.envelopes)


@given(st.permutations(ORDER))
def test_any_order_counts_the_same_and_as_the_audit_does(order: list[int]) -> None:
    queues = [iter(history.envelopes) for history in (ONE, TWO)]
    batch = ProjectionBatch()
    for bucket in order:
        each = next(queues[bucket])
        HANDLERS[type(each.event)](batch, each, each.event)  # type: ignore[index]
    states = {key: str(row.state) for key, row in batch.rows.items()}
    assert states == {
        "a": "TRANSFERRED",
        "b": "TRANSFERRED",
        "a~1": "TRANSFERRED",
        "b~1": "WAITLISTED",
        "a~2": "WITHDRAWN",
    }
    rows = {key: document_of_row(row) for key, row in batch.rows.items()}
    for history, confirmed in ((ONE, 0), (TWO, 0)):
        fold = BucketFold(history.bucket.id)
        for seq, event in enumerate(history.events, 1):
            fold.apply(seq, event)
        assert (fold.problems, fold.overbooked, fold.confirmed) == ([], [], confirmed)
        change = batch.changes[history.bucket.id]
        assert change.now is not None
        assert (change.now.seats, change.now.confirmed) == (fold.seats, fold.confirmed)
        assert row_differences(fold, fold.nominees, rows) == {}
        counted = {name: by for (_, name), by in change.added.items() if by}
        assert counted == ({"x1": 1} if history is ONE else {"w1": 1})
        assert update_of(change, change.now)["$set"]["seats"] == fold.seats
        assert list(rollup_differences(fold, None))  # nothing stored is a defect
