"""Whoever is to decide for somebody who is away hears of it, with the time until when; nobody else does."""

from datetime import UTC, datetime

from services.notification.composing.writer import Writer
from services.notification.domain import Addressee, Facts, Kind, snapshot_at
from services.notification.domain.read_model import WITHOUT_RUN
from services.notification.reacting import ReactionBatch
from shared.events.delegations import DelegationGiven, DelegationRevoked
from tests.unit.notification.builders import NOW, enveloped
from tests.unit.notification.test_handlers import notified, reacted

UNTIL = datetime(2020, 8, 7, 17, 0, tzinfo=UTC)  # the end of the 7th in Bangkok
OF = {"delegation": "d", "unit": "PO-50", "absent": "head", "delegate": "deputy", "steps": ("SUPERVISOR",)}
GIVEN = DelegationGiven.model_validate(OF | {"starts_at": NOW, "ends_at": UNTIL})


def test_who_decides_instead_hears_of_it_and_until_when() -> None:
    batch = reacted(enveloped(GIVEN, "delegation:PO-50:d"))
    assert notified(batch) == [(Kind.DELEGATION_GIVEN, "deputy")]
    (told,) = batch.messages.values()
    assert (told.addressee, told.unit, told.run, told.closes_at) == (Addressee.PERSON, "PO-50", "", UNTIL)
    snapshot = snapshot_at(told, WITHOUT_RUN, NOW, Facts(answer_by=told.closes_at))
    assert ", until Friday 7 August 2020." in Writer(sender="Pattana").write(told, snapshot, "en").text
    assert "จนถึงวันศุกร์ที่ 7 สิงหาคม 2563" in Writer(sender="Pattana").write(told, snapshot, "th").text


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = reacted(enveloped(GIVEN, "delegation:PO-50:d"), batch=ReactionBatch(NOW, silent=True))
    assert (notified(batch), len(batch.delegations)) == ([], 1)


def test_an_end_is_remembered_and_no_news() -> None:
    batch = reacted(enveloped(DelegationRevoked.model_validate(OF), "delegation:PO-50:d", 2))
    assert (notified(batch), batch.delegations) == ([], {"d": None})
