"""A certificate as an Open Badge (3.0): a credential that anybody can verify without asking us. Pure: it is signed
elsewhere. The same certificate makes the same credential. It names the person by name alone, by no id of ours."""

from datetime import UTC, date, datetime
from typing import Any, Final

from services.enrolment.certificates.domain.certificates import Certificate
from shared.clock import midnight

CONTEXTS: Final = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
CRITERIA: Final = "เข้าอบรมและปฏิบัติครบตามเกณฑ์ที่โครงการกำหนด"


def credential(one: Certificate, public_url: str, address: str) -> dict[str, Any]:
    """`address` is where the certificate can be checked: its id. With the registered claims of a JWT beside it, as the
    specification wants it."""
    wording, issued = one.wording, one.issued_at.astimezone(UTC).replace(microsecond=0)
    named = {"type": "IdentityObject", "hashed": False, "identityHash": wording.name, "identityType": "name"}
    return {
        "@context": list(CONTEXTS),
        "id": address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": wording.title,
        "issuer": {"id": public_url, "type": ["Profile"], "name": wording.issuer},
        "validFrom": _moment(issued),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [named],
            "activityStartDate": _moment(_begins(wording.starts_on)),
            "activityEndDate": _moment(_begins(wording.ends_on)),
            "achievement": {
                "id": f"{public_url}/api/enrolment/programmes/{one.programme}",
                "type": ["Achievement"],
                "achievementType": "Certificate",
                "name": wording.title,
                "description": wording.title,
                "criteria": {"narrative": CRITERIA},
            },
        },
        "iss": public_url,
        "jti": address,
        "nbf": int(issued.timestamp()),
    }


def _begins(day: date) -> datetime:
    return midnight(day).astimezone(UTC)


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
