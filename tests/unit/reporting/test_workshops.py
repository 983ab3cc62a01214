"""Groups and ideas in the report of a run: the fold, and what is told of it to whom."""

from dataclasses import replace

import pytest

from services.reporting.answering.domain.names import Names
from services.reporting.answering.domain.reports import run_report
from services.reporting.http.working import workshop_counts
from services.reporting.projecting.domain.nominations import Impossible
from services.reporting.projecting.domain.workshops import Workshop, fold_workshop
from shared.events import workshops as events
from shared.events.workshops import WorkshopFact
from tests.unit.reporting.histories import envelope

OF_RUN = {"programme": "p1", "run": "r1", "fiscal_year": 2567}
NOTHING = {"groups": None, "largestGroup": None, "smallestGroup": None}


def idea(kind: type[events.IdeaFact], name: str = "i1", **more: object) -> events.IdeaFact:
    return kind(**OF_RUN, idea=name, group=1, **more)


def folded(*facts: WorkshopFact) -> Workshop | None:
    known = None
    for seq, fact in enumerate(facts, start=1):
        known = fold_workshop(known, fact, envelope(fact, fact.aggregate, seq))
    return known


def counts(known: Workshop | None, *, coarse: bool = False) -> dict[str, object]:
    report = run_report("r1", None, (), None, Names({}), coarse=coarse)
    return workshop_counts(replace(report, workshop=known))


HISTORY = (
    events.GroupsMade(**OF_RUN, sizes=(0, 0)),
    events.GroupMembersPlaced(**OF_RUN, sizes=(6, 5), by="RULE", members=()),
    idea(events.IdeaSubmitted, indicators=2),
    idea(events.IdeaSubmitted, "i2", indicators=1),
    idea(events.IdeaReopened, "i2"),
    idea(events.IdeaSubmitted, "i2", indicators=1),
    idea(events.IdeaSubmitted, "i3", indicators=1),
    idea(events.IdeaWithdrawn, "i3"),
    events.ScoringClosed(**OF_RUN, results=()),
    idea(events.IdeaAwarded, award=1, members=()),
    idea(events.IdeaAdopted, unit="PO-50", since="2024-06-01"),
    idea(events.IdeaMeasured, unit="PO-50", indicator=1, on="2024-07-01"),
)


def test_a_run_comes_to_what_its_events_say() -> None:
    told = {"groups": 2, "largestGroup": 6, "smallestGroup": 5, "ideas": 2, "ideasWithIndicator": 2, "awards": 1}
    assert counts(folded(*HISTORY)) == {**told, "adoptions": 1}


def test_without_groups_nothing_is_told() -> None:
    nothing = {**NOTHING, "ideas": None, "ideasWithIndicator": None, "awards": None, "adoptions": None}
    assert counts(None) == nothing


@pytest.mark.parametrize("sizes", [(6, 4), (1,), (9, 9, 3)])
def test_an_observer_is_told_no_size_where_one_is_small(sizes: tuple[int, ...]) -> None:
    known = folded(events.GroupsMade(**OF_RUN, sizes=sizes))
    assert counts(known, coarse=True)["largestGroup"] is counts(known, coarse=True)["smallestGroup"] is None
    assert counts(known)["largestGroup"] == max(sizes)
    assert counts(folded(*HISTORY), coarse=True)["smallestGroup"] == 5


def test_what_was_never_submitted_is_not_taken_back() -> None:
    with pytest.raises(Impossible):
        folded(idea(events.IdeaReopened))
