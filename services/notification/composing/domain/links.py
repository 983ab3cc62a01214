"""What a recipient opens without a login: an offer to answer, and a certificate."""

from collections.abc import Mapping
from datetime import datetime

from shared import certificate_links, offer_links
from shared.certificate_links import CertificateLink, CertificateLinks
from shared.offer_links import OfferLink, OfferLinks


class Links:
    """`gateway` is its address without a stroke at the end; `ring` are the keys that sign."""

    def __init__(self, gateway: str, ring: Mapping[str, bytes]) -> None:
        self._gateway = gateway
        self._offers, self._certificates = OfferLinks(ring), CertificateLinks(ring)

    def offer(self, run: str, nomination: str, until: datetime) -> str:
        """`until` is business time."""
        token = self._offers.issue(OfferLink(run, nomination, until))
        return f"{self._gateway}{offer_links.PATH}/{token}"

    def certificate(self, run: str, certificate: str) -> str:
        token = self._certificates.issue(CertificateLink(run, certificate))
        return f"{self._gateway}{certificate_links.PATH}/{token}"
