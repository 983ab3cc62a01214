"""What the enrolment service answers about certificates."""

from typing import Final

from pattana.disclosure.answers import ANYBODY, ERASERS, PEOPLE, Answer, fields, page_of
from shared.certificate_links import PATH as LINKS

_API: Final = "/api/enrolment"
_CERTIFICATES: Final = f"{_API}/runs/{{run}}/certificates"

RULE: Final = "certificate.attendancePct certificate.forms[]"  # of a programme
CHANGED: Final = fields(
    (
        PEOPLE,
        "id number code state run nomination person unit nameErased title issuer startsOn endsOn issuedAt revokedAt "
        "replaces replacedBy",
    )
)
CERTIFICATE: Final = {**CHANGED, **fields((PEOPLE, "name reason"))}
CHECKED: Final = fields((ANYBODY, "status revokedSince name nameErased course startsOn endsOn issuedOn"))
ISSUE: Final = fields((ERASERS, "run running seats issued held lacking.{} requestedAt finishedAt"))

CERTIFICATES: Final = (
    Answer("certificates", (f"GET {_CERTIFICATES}",), page_of(CERTIFICATE, PEOPLE)),
    Answer("certificate", (f"GET {_CERTIFICATES}/{{id}}",), CERTIFICATE),
    Answer("certificate as PDF", (f"GET {_CERTIFICATES}/{{id}}/pdf",), {}, "to who sees the certificate"),
    Answer("certificate by its link", (f"GET {LINKS}/{{token}}",), {}, "the PDF, to who has the link of its message"),
    Answer("certificate checked", (f"GET {_API}/certificates/{{code}}",), CHECKED, "also without a token, by its code"),
    Answer(
        "badge",
        (f"GET {_API}/certificates/{{code}}/badge",),
        {},
        "a signed credential with what a check tells, and the issuer",
    ),
    Answer(
        "certificate changed",
        tuple(f"POST {_CERTIFICATES}/{{id}}/{action}" for action in ("revoke", "reissue")),
        dict.fromkeys(CHANGED, ERASERS),
    ),
    Answer("issue of certificates", (f"POST {_CERTIFICATES}", f"GET {_CERTIFICATES}/issue"), ISSUE),
)
