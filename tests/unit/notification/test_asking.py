"""Whoever is asked to answer forms is told which, and until when; nobody else can see of whom that is true."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest

from services.notification.composing import Language, Words, Writer
from services.notification.composing.domain.wording import FORMS, forms, until
from services.notification.domain import (
    OF_ONE_PERSON,
    Addressee,
    Facts,
    Kind,
    MessageSnapshot,
    State,
    asked_reason,
    message_id,
    shelves_of,
)
from services.notification.queries import Filter, messages_of
from services.notification.reacting import ReactionBatch
from shared.clock import BANGKOK
from shared.events.evaluation import AnswersAsked, AskedPerson, FormKind
from shared.rights import Scope
from tests.unit.notification.builders import NOW, enveloped, message, run
from tests.unit.notification.test_handlers import notified, reacted

SUBJECT = "asking:run-1"
CLOSES = datetime(2020, 10, 1, tzinfo=BANGKOK)
WRITER = Writer(sender="กองการเจ้าหน้าที่ สป.มท.")
MINE = AskedPerson(nomination="nomination-1", person="person-1", unit="PO-50.HR")


def asked(*people: AskedPerson, **changes: Any) -> AnswersAsked:
    fields: dict[str, Any] = {"programme": "p", "run": "run-1", "forms": ("POST", "REACTION"), "closes_at": CLOSES}
    return AnswersAsked.model_validate({**fields, "people": people, **changes})


def transfer(*offices: str, **changes: Any) -> AnswersAsked:
    return asked(forms=("TRANSFER",), offices=offices, **changes)


@pytest.mark.parametrize(("again", "kind"), [(False, Kind.ANSWERS_ASKED), (True, Kind.ANSWERS_REMINDED)])
def test_people_are_asked_by_the_event_that_names_them(again: bool, kind: Kind) -> None:
    other = AskedPerson(nomination="nomination-2", person="person-2", unit="PERS")
    batch = reacted(enveloped(asked(MINE, other, again=again), SUBJECT))
    assert notified(batch) == [(kind, "person-1"), (kind, "person-2")]
    told = batch.messages[message_id(f"{SUBJECT}:1", "person-1", kind)]
    assert (told.addressee, told.nomination, told.unit) == (Addressee.PERSON, "nomination-1", "PO-50.HR")
    assert (told.forms, told.closes_at, told.seated) == (("POST", "REACTION"), CLOSES, False)
    assert (told.reason, told.causation) == (f"{SUBJECT}:1", f"{SUBJECT}:1")


@pytest.mark.parametrize(("again", "kind"), [(False, Kind.ANSWERS_ASKED), (True, Kind.ANSWERS_REMINDED)])
def test_an_office_is_asked_once_in_however_many_events_its_people_are(again: bool, kind: Kind) -> None:
    events = (transfer("PO-50", "PERS", again=again), transfer("PO-50", again=again))
    batch = reacted(*(enveloped(event, SUBJECT, seq) for seq, event in enumerate(events, start=1)))
    assert notified(batch) == [(kind, "PERS"), (kind, "PO-50")]
    office = batch.messages[message_id(asked_reason("run-1", ["TRANSFER"], "PO-50", again=again), "PO-50", kind)]
    assert (office.addressee, office.nomination, office.causation) == (Addressee.UNIT, None, f"{SUBJECT}:1")
    assert (office.forms, office.closes_at) == (("TRANSFER",), CLOSES)


def test_the_second_time_of_an_office_is_another_message() -> None:
    every = product("ab", "cd", (True, False))
    reasons = {asked_reason(run, [form], "PO-50", again=again) for run, form, again in every}
    assert len(reasons) == 8


def test_a_generation_that_only_remembers_tells_nobody() -> None:
    batch = ReactionBatch(NOW, silent=True)
    assert notified(reacted(enveloped(asked(MINE, offices=("PO-50",)), SUBJECT), batch=batch)) == []


@pytest.mark.parametrize("kind", Kind)
def test_nobody_else_reads_who_is_asked(kind: Kind) -> None:
    own, office = message(kind=kind), message(kind=kind, addressee=Addressee.UNIT, recipient="PO-50", nomination=None)
    hidden = kind in (Kind.ANSWERS_ASKED, Kind.ANSWERS_REMINDED)
    assert (shelves_of(own) == ["person:person-1"]) is hidden
    assert set(shelves_of(office)) == {"unit:PO-50", "of:PO-50"}
    assert (kind in OF_ONE_PERSON) is hidden


@pytest.mark.parametrize("scope", [Scope(all=True), Scope(unit="PO-50"), Scope(person="person-1")])
@pytest.mark.parametrize("narrowed", [None, Filter("run-1"), Filter(kind=Kind.ANSWERS_ASKED), Filter(state=State.SENT)])
def test_every_list_and_count_leaves_them_out(scope: Scope, narrowed: Filter | None) -> None:
    hidden = {"$or": [{"addressee": {"$ne": "PERSON"}}, {"kind": {"$nin": ["ANSWERS_ASKED", "ANSWERS_REMINDED"]}}]}
    assert hidden in messages_of(scope, narrowed).also["$and"]
    assert messages_of(scope, narrowed).also in messages_of(scope, narrowed).whole()["$and"]


def written(kind: Kind, whom: Addressee, language: Language, facts: Facts) -> Words:
    about = message(kind=kind, addressee=whom)
    return WRITER.write(about, MessageSnapshot(run(), facts=facts), language, "ผู้รับ")


@pytest.mark.parametrize("kind", [Kind.ANSWERS_ASKED, Kind.ANSWERS_REMINDED])
def test_the_text_says_what_and_until_when(kind: Kind) -> None:
    both = Facts(forms=("POST", "REACTION"), answer_by=CLOSES)
    thai, english = (written(kind, Addressee.PERSON, language, both).text for language in ("th", "en"))
    assert "แบบประเมินความรู้หลังการฝึกอบรมและแบบประเมินความพึงพอใจต่อการฝึกอบรม" in thai
    assert "ภายในวันพุธที่ 30 กันยายน 2563\n" in thai, "midnight is the end of the day before"
    assert "by Wednesday 30 September 2020." in english
    assert "the test of knowledge after the training and the satisfaction survey of the training programme" in english
    office = Facts(forms=("TRANSFER",), answer_by=CLOSES - timedelta(hours=7))
    assert "ผู้บังคับบัญชา" in (text := written(kind, Addressee.UNIT, "th", office).text)
    assert "แบบติดตามผลการนำความรู้ไปใช้ " in text
    assert "ภายในวันพุธที่ 30 กันยายน 2563 เวลา 17.00 น." in text
    unsent = written(kind, Addressee.PERSON, "th", Facts()).text  # in an inbox, before it was composed
    assert "แบบประเมินของโครงการ" in unsent
    assert all("\n\n\n" not in text and "  " not in text for text in (thai, english, unsent))


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_form_has_its_words_and_one_of_a_later_release_some(language: Language) -> None:
    assert set(FORMS[language]) == set(FormKind)
    assert forms(["LATER"], language) == forms([], language)
    assert len({forms([kind], language) for kind in (*FormKind, "LATER")}) == 5


@pytest.mark.parametrize(("hour", "minute", "said"), [(0, 0, "30 กันยายน 2563"), (0, 1, "1 ตุลาคม 2563 เวลา 00.01 น.")])
def test_midnight_is_the_end_of_the_day_before(hour: int, minute: int, said: str) -> None:
    assert until(CLOSES.replace(hour=hour, minute=minute), "th").endswith(said)
