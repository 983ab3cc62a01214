"""Where an offer is answered without a login."""

from dataclasses import dataclass
from datetime import datetime

from shared.offer_links import PATH, OfferLink, OfferLinks


@dataclass(frozen=True, slots=True)
class OfferAddresses:
    """`gateway` is its address without a stroke at the end."""

    gateway: str
    links: OfferLinks

    def link(self, run: str, nomination: str, until: datetime) -> str:
        """`until` is business time."""
        return f"{self.gateway}{PATH}/{self.links.issue(OfferLink(run, nomination, until))}"
