"""Programmes that leave it to units to nominate."""

from dataclasses import replace

import pytest

from services.enrolment.seats.domain.commands import Nominate
from services.enrolment.seats.domain.refusals import NoApplications
from shared.events.seats import Rank
from shared.rights import Scope
from tests.unit.enrolment.seats.builders import CALLER, NOW, board, bucket, person, run

ALONE = Scope(person="anan")
APPLY = Nominate("run", "anan", Rank.PRIMARY, None, None, "new")


@pytest.mark.parametrize("scope", [Scope(unit="PO-50", person="anan"), Scope(unit="PO-50.HR"), Scope(all=True)])
def test_whoever_may_nominate_for_the_unit_may_nominate_himself(scope: Scope) -> None:
    on = board([bucket()], [person("anan")], of=run(applications=False))
    assert on.decide(APPLY, replace(CALLER, subject="anan", scope=scope), NOW).events


def test_nobody_else_applies() -> None:
    caller = replace(CALLER, subject="anan", scope=ALONE)
    on = board([bucket()], [person("anan")], of=run(applications=False))
    with pytest.raises(NoApplications):
        on.decide(APPLY, caller, NOW)
    assert on.changes == []
    assert board([bucket()], [person("anan")]).decide(APPLY, caller, NOW).events
