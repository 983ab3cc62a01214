"""Certificates as Open Badges 3.0: verified by a library of others, which knows nothing of how they were made."""

import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier

from services.enrolment.certificates.domain.badges import credential
from services.enrolment.certificates.domain.certificates import Certificate
from shared.badge_keys import WELL_KNOWN, BadgeKeys
from shared.fresh_keys import new_key_ring
from tests.unit.enrolment.certificates.test_registers import AT, WORDING, issued

SITE = "https://training.example.go.th"
ADDRESS = f"{SITE}/api/enrolment/certificates/code-c1"
OLD, NEW = new_key_ring("b1"), new_key_ring("b2")
KEYS = BadgeKeys(f"{NEW},{OLD}")


def pem(keys: BadgeKeys, name: str) -> bytes:
    """From what everybody is shown."""
    jwk = keys.public(name)
    assert jwk is not None
    point = base64.urlsafe_b64decode(jwk["x"] + "=")
    return Ed25519PublicKey.from_public_bytes(point).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def badge(one: Certificate | None = None, keys: BadgeKeys = KEYS, **changes: Any) -> str:
    return keys.sign(credential(one or issued()[1], SITE, ADDRESS) | changes, SITE)


def part(token: str, place: int) -> Any:
    return orjson.loads(base64.urlsafe_b64decode(token.split(".")[place] + "=="))


def test_others_verify_it_and_read_what_stands_on_it() -> None:
    found = OB3Verifier(pem(KEYS, "b2")).verify(badge())
    assert (found.id, found.name) == (ADDRESS, WORDING.title)
    assert (found.issuer.id, found.issuer.name) == (SITE, WORDING.issuer)
    assert found.achievement.name == WORDING.title


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://somebody.example"},
        {"jti": "https://somebody.example/1"},
        {"nbf": None},
        {"type": ["VerifiableCredential"]},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        {"credentialSubject": {"type": ["AchievementSubject"]}},
        {"validFrom": "2999-01-01T00:00:00Z"},
    ],
)
def test_they_would_find_what_is_wrong(changes: dict[str, Any]) -> None:
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(KEYS, "b2")).verify(badge(**changes))


def test_neither_another_key_nor_another_text_is_taken() -> None:
    token = badge()
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(KEYS, "b1")).verify(token)
    other = badge(name="อื่น").split(".")[1]
    head, _, signature = token.split(".")
    with pytest.raises(OB3VerificationError):
        OB3Verifier(pem(KEYS, "b2")).verify(f"{head}.{other}.{signature}")


def test_a_badge_of_before_is_verified_with_the_key_of_then() -> None:
    before = badge(keys=BadgeKeys(OLD))
    assert part(before, 0)["kid"] == f"{SITE}{WELL_KNOWN}/b1"
    assert OB3Verifier(pem(KEYS, "b1")).verify(before).id == ADDRESS
    assert part(badge(), 0) == {"alg": "EdDSA", "kid": f"{SITE}{WELL_KNOWN}/b2", "typ": "JWT"}


def test_the_same_certificate_is_the_same_badge() -> None:
    assert badge() == badge()
    assert badge(replace(issued()[1], issued_at=AT + timedelta(seconds=1))) != badge()


def test_no_id_of_a_person_and_no_number_is_told() -> None:
    text = str(part(badge(replace(issued()[1], person="p-secret", nomination="n-secret")), 1))
    assert "secret" not in text
    assert "PERS-2563" not in text
    assert "สมชาย" in text


def test_only_public_halves_are_shown() -> None:
    shown = KEYS.all_public()["keys"]
    assert [key["kid"] for key in shown] == ["b2", "b1"]
    assert all(set(key) == {"kty", "crv", "x", "kid", "alg", "use"} for key in shown)
    assert KEYS.public("b3") is None
    assert not BadgeKeys("")


@pytest.mark.parametrize(
    "ring", ["b1", "b1=x", "b1=AAAA", f"{OLD},{OLD}"], ids=["no-key", "no-base64", "too-short", "twice"]
)
def test_a_ring_that_is_none_is_refused(ring: str) -> None:
    with pytest.raises(ValueError, match="key"):
        BadgeKeys(ring)
