"""The page of an offer: what it says, and that nothing in it is anybody's to write."""

from typing import Any, Final

import pytest

from services.enrolment.catalogue.storage.headings import RunHeading
from services.enrolment.seats.domain.offer_refusals import OfferAccepted
from services.enrolment.seats.http.offer_links import POLICY, link_response, page, refusal_page
from services.enrolment.seats.service.offer_links import OpenedLink
from shared.events.seats import NominationState
from tests.unit.enrolment.seats.builders import NOW, START, C, W, nomination

TOKEN: Final = "A" * 72


def opened(title: str = "โครงการ", *, open: bool = True, state: Any = NominationState.OFFERED) -> OpenedLink:
    return OpenedLink(RunHeading(title, 2, START), nomination("n", state, "anan"), NOW, open)


def test_an_open_offer_has_two_buttons_and_a_time_in_both_languages() -> None:
    text = page(TOKEN, opened())
    for part in ("โครงการ", "รุ่นที่ 2", "1 สิงหาคม 2563 เวลา 10.00 น.", "01.08.2020, 10:00 (Bangkok time)"):
        assert part in text
    for how in ("accept", "decline"):
        assert f'formaction="/api/enrolment/offers/{TOKEN}/{how}"' in text
    assert '<form method="post">' in text
    assert "<script" not in text


BECAME: Final = [
    (C, "The seat is yours."),
    (W, "still on the waiting list"),
    (NominationState.WITHDRAWN, "this nomination has ended"),
    (NominationState.REJECTED, "can tell how you stand"),
]


@pytest.mark.parametrize(("state", "said"), BECAME)
def test_what_is_over_has_no_button(state: Any, said: str) -> None:
    text = page(TOKEN, opened(open=False, state=state))
    assert said in text
    assert "<button" not in text


def test_a_refusal_is_read_in_both_languages() -> None:
    text = refusal_page(OfferAccepted())
    assert "ท่านได้รับการยืนยันสิทธิ์แล้ว" in text
    assert "The seat is yours already" in text
    assert "<button" not in text


def test_a_title_is_text() -> None:
    text = page(TOKEN, opened("<script>alert(1)</script>&"))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_policy_of_the_page_lets_it_send_its_form_alone() -> None:
    assert "default-src 'none'" in POLICY
    assert "script-src" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_programs_get_the_same_as_json() -> None:
    assert link_response(opened()) == {
        "title": "โครงการ",
        "cohort": 2,
        "startsAt": "2020-08-31T13:00:00+07:00",
        "offeredUntil": "2020-08-01T10:00:00+07:00",
        "state": "OFFERED",
        "open": True,
    }
