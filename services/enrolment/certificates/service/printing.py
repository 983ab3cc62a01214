"""A certificate as PDF: made anew whenever it is asked for, always with the same bytes."""

from services.enrolment.certificates.domain.certificates import Certificate
from services.enrolment.certificates.domain.printed import TEMPLATE, printed
from services.enrolment.certificates.domain.refusals import CertificateNameErased, UnknownCertificate
from services.enrolment.certificates.storage import Certificates
from shared.certificate_links import CertificateLink
from shared.documents.press import Press
from shared.rights import Scope


class Printing:
    """One per process. `public_url`: where codes lead, without a slash at the end."""

    def __init__(self, store: Certificates, press: Press, public_url: str) -> None:
        self._store = store
        self._press = press
        self.public_url = public_url.rstrip("/")

    async def pdf(self, run: str, id: str, scope: Scope) -> tuple[Certificate, bytes]:
        """Raises UnknownCertificate, CertificateNameErased, SignsNotInFonts and PressBusy."""
        found = await self._store.one(run, id, scope)
        if found is None:
            raise UnknownCertificate()
        return found, await self._printed(found)

    async def linked(self, link: CertificateLink) -> tuple[Certificate, bytes | None]:
        """As whoever has the link of its message gets it; without a document where it is valid no more. Raises as
        `pdf`."""
        found = await self._store.one(link.run, link.certificate, Scope(all=True))
        if found is None:
            raise UnknownCertificate()
        return found, await self._printed(found) if found.valid else None

    async def _printed(self, one: Certificate) -> bytes:
        if one.name_erased:
            raise CertificateNameErased()
        return await self._press.pdf(TEMPLATE, printed(one, self.address(one)), one.issued_at)

    def address(self, one: Certificate) -> str:
        return f"{self.public_url}/api/enrolment/certificates/{one.code}"
