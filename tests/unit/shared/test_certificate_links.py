"""Links of certificates: what is read is what was signed, and nobody else's signs, purposes or links pass."""

import re
from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.certificate_links import PATH, CertificateLink, CertificateLinks, UnknownCertificateLink
from shared.fresh_keys import new_key_ring, parse_key_ring
from shared.ids import new_id
from shared.offer_links import PURPOSE as OF_OFFERS
from shared.offer_links import OfferLink, OfferLinks
from shared.signed_links import SignedLinks

RING: Final = parse_key_ring(new_key_ring("k2"))
LINKS: Final = CertificateLinks(RING)
LINK: Final = CertificateLink(new_id(), new_id())


@given(run=st.uuids(), certificate=st.uuids())
def test_what_is_read_is_what_was_signed(run: object, certificate: object) -> None:
    link = CertificateLink(str(run), str(certificate))
    token = LINKS.issue(link)
    assert re.fullmatch("[A-Za-z0-9_-]{68}", token)
    assert LINKS.read(token) == link


@given(place=st.integers(0, 67), sign=st.sampled_from("ABCxyz019-_"))
def test_no_sign_can_be_changed(place: int, sign: str) -> None:
    token = LINKS.issue(LINK)
    changed = token[:place] + sign + token[place + 1 :]
    if changed != token:
        with pytest.raises(UnknownCertificateLink):
            LINKS.read(changed)


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 67, "A" * 68, "A" * 69, "é" * 68, f"{'A' * 67}+", f"{PATH}/{'A' * 68}"]
)
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(UnknownCertificateLink):
        LINKS.read(text)


def test_another_key_purpose_or_version_signs_in_vain() -> None:
    offer = OfferLinks(RING).issue(OfferLink(LINK.run, LINK.certificate, datetime(2048, 8, 5, tzinfo=UTC)))
    content = bytes([1]) + bytes(32)
    others = SignedLinks(RING, OF_OFFERS, size=33, mac_bytes=18).sign(content)
    later = SignedLinks(RING, b"pattana-certificate\0", size=33, mac_bytes=18)
    assert LINKS.read(later.sign(content)) == CertificateLink(*["00000000-0000-0000-0000-000000000000"] * 2)
    forged = CertificateLinks(parse_key_ring(new_key_ring("k2"))).issue(LINK)
    for token in (forged, offer, others, later.sign(bytes([2]) + bytes(32))):
        with pytest.raises(UnknownCertificateLink):
            LINKS.read(token)


def test_an_older_key_is_still_known() -> None:
    newer = CertificateLinks({**parse_key_ring(new_key_ring("k3")), **RING})
    assert newer.read(LINKS.issue(LINK)) == LINK
    with pytest.raises(UnknownCertificateLink):
        LINKS.read(newer.issue(LINK))
