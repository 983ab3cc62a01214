"""Links of offers: what is read is what was signed, and nobody else's signs or purposes pass."""

import base64
import hmac
import re
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.fresh_keys import new_key_ring, parse_key_ring
from shared.ids import new_id
from shared.offer_links import MAC_BYTES, PATH, OfferLink, OfferLinks, UnknownOffer
from shared.position_tokens import PURPOSE as OF_POSITIONS

RING: Final = parse_key_ring(new_key_ring("k2"))
LINKS: Final = OfferLinks(RING)
UNTIL: Final = datetime(2048, 8, 5, tzinfo=UTC)
LINK: Final = OfferLink(new_id(), new_id(), UNTIL)


@given(run=st.uuids(), nomination=st.uuids(), second=st.integers(0, 10_000_000_000))
def test_what_is_read_is_what_was_signed(run: object, nomination: object, second: int) -> None:
    link = OfferLink(str(run), str(nomination), datetime.fromtimestamp(second, UTC))
    token = LINKS.issue(link)
    assert re.fullmatch("[A-Za-z0-9_-]{72}", token)
    assert LINKS.read(token) == link


@given(place=st.integers(0, 71), sign=st.sampled_from("ABCxyz019-_"))
def test_no_sign_can_be_changed(place: int, sign: str) -> None:
    token = LINKS.issue(LINK)
    changed = token[:place] + sign + token[place + 1 :]
    if changed != token:
        with pytest.raises(UnknownOffer):
            LINKS.read(changed)


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 71, "A" * 72, "A" * 73, "é" * 72, "../" * 24, f"{'A' * 71}+", f"{PATH}/{'A' * 72}"]
)
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(UnknownOffer):
        LINKS.read(text)


def test_another_key_and_another_purpose_sign_in_vain() -> None:
    with pytest.raises(UnknownOffer):
        LINKS.read(OfferLinks(parse_key_ring(new_key_ring("k2"))).issue(LINK))
    content = base64.urlsafe_b64decode(LINKS.issue(LINK))[:-MAC_BYTES]
    for purpose in (OF_POSITIONS, b""):
        mac = hmac.new(next(iter(RING.values())), purpose + content, "sha256").digest()[:MAC_BYTES]
        with pytest.raises(UnknownOffer):
            LINKS.read(base64.urlsafe_b64encode(content + mac).decode())


def test_an_older_key_is_still_known() -> None:
    newer = OfferLinks({**parse_key_ring(new_key_ring("k3")), **RING})
    assert newer.read(LINKS.issue(LINK)) == LINK
    with pytest.raises(UnknownOffer):
        LINKS.read(newer.issue(LINK))
    with pytest.raises(ValueError, match="empty"):
        OfferLinks({})
