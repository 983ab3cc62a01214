"""The objects of this feature, made from what the composition root hands over, and their routes."""

from fastapi import APIRouter

from services.enrolment.certificates.http.routes import router
from services.enrolment.certificates.service.held_courses import HeldCourses
from services.enrolment.certificates.service.issuing import Issuing, Sources
from services.enrolment.certificates.service.keeping import Keeping
from services.enrolment.certificates.service.printing import Printing
from services.enrolment.certificates.storage import Certificates
from services.enrolment.dependencies import Dependencies
from shared.badge_keys import BadgeKeys
from shared.certificate_links import CertificateLinks
from shared.fresh_keys import parse_key_ring
from shared.public import Public
from shared.retention import Retention

__all__ = ["HeldCourses", "Sources", "certificates"]


def certificates(given: Dependencies, sources: Sources) -> APIRouter:
    """`sources` are what a rule asks of others."""
    settings, units_of_work, store = given.settings, given.units_of_work, Certificates(given.store)
    issuing = Issuing(units_of_work, store, sources)
    reasons = Retention("reasons of certificates", settings.nomination_text_days, store.remove_reasons)
    for part in (issuing, reasons):
        part.attach(given.runtime)
    printing = Printing(store, given.press, settings.public_url)
    public = Public(settings.check_per_second, settings.check_burst)
    keeping, keys = Keeping(units_of_work, store, sources), BadgeKeys(settings.badge_keys)
    links = CertificateLinks(parse_key_ring(settings.position_keys))
    return router(issuing, keeping, printing, store, public, keys, links)
