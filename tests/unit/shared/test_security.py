"""Tokens: what is accepted, each refusal with its own code, remembered tokens, and keys that change."""

import base64
import json
import stat
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from shared.errors import Refused
from shared.issuer import EMBEDDED_ISSUER
from shared.keys import KeysUnavailable
from shared.rights import Principal, Role
from shared.security import Verifier
from shared.settings import Settings
from shared.signing import SigningKey, create_key, issue_token, load_key
from tests.support.api import Issuer, make_issuer

NOW = 1_900_000_000


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return make_issuer(tmp_path / "keys")


@pytest.fixture
def verifier(issuer: Issuer) -> Verifier:
    return Verifier(issuer.settings(), clock=lambda: NOW)


def signed(issuer: Issuer, *, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
    """A token with these claims over good ones (None takes one away); signed by the issuer if not by `key`."""
    good = {"sub": "p1", "roles": ["LEARNER"], "unit": "PO-50", "iss": EMBEDDED_ISSUER, "aud": "pattana"}
    merged = {**good, "iat": NOW, "exp": NOW + 60, **claims}
    given = {name: value for name, value in merged.items() if value is not None}
    head = {"alg": "ES256", "kid": issuer.key.kid, "typ": "at+jwt", **(header or {})}
    return jwt.encode(head, given, key or issuer.key.key, algorithms=[head["alg"]])


def unsigned(header: dict[str, Any], issuer: str = EMBEDDED_ISSUER) -> str:
    claims = {"sub": "p1", "roles": ["HR_OFFICER"], "iss": issuer, "aud": "pattana", "exp": NOW + 60}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join(parts)


async def code_of(verifier: Verifier, token: str) -> str:
    with pytest.raises(Refused) as refused:
        await verifier.principal(token)
    return refused.value.code


async def test_what_pattana_token_issues_is_accepted(issuer: Issuer, verifier: Verifier) -> None:
    person = issuer.token(Role.PROVINCIAL_HR, "PO-50", "person-1", issued_at=NOW)
    office = issuer.token(Role.PROVINCIAL_HR, "PO-50", issued_at=NOW)

    assert await verifier.principal(person) == Principal("person-1", frozenset({Role.PROVINCIAL_HR}), "PO-50")
    assert (await verifier.principal(office)).subject == "PROVINCIAL_HR@PO-50"


async def test_unknown_roles_are_ignored_and_known_ones_join(issuer: Issuer, verifier: Verifier) -> None:
    token = signed(issuer, roles=["LEARNER", "offline_access", "SUPERVISOR", 7])

    assert (await verifier.principal(token)).roles == {Role.LEARNER, Role.SUPERVISOR}


@pytest.mark.parametrize("roles", [None, "HR_OFFICER", {"HR_OFFICER": True}, ["hr_officer"]])
async def test_roles_in_another_form_are_no_roles(issuer: Issuer, verifier: Verifier, roles: Any) -> None:
    assert (await verifier.principal(signed(issuer, roles=roles))).roles == frozenset()


MakeToken = Callable[[Issuer], str]
REFUSED: list[tuple[str, MakeToken]] = [
    ("token-malformed", lambda issuer: ""),
    ("token-malformed", lambda issuer: "abc"),
    ("token-malformed", lambda issuer: "a.b.c"),
    ("token-malformed", lambda issuer: "é.é.é"),
    ("token-malformed", lambda issuer: f"{base64.urlsafe_b64encode(b'[]').decode()}.W10.x"),
    ("token-malformed", lambda issuer: signed(issuer, unit=["PO-50"])),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "JWT"})),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "JWT"}, typ="ID")),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "JWT"}, typ="Refresh")),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "JWT"}, typ="DPoP")),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "JWT"}, typ=["Bearer"])),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "logout+jwt"})),
    ("token-wrong-type", lambda issuer: signed(issuer, header={"typ": "logout+jwt"}, typ="Bearer")),
    ("token-wrong-type", lambda issuer: signed(issuer, typ="ID")),
    ("token-malformed", lambda issuer: signed(issuer, sub=7)),
    ("token-malformed", lambda issuer: signed(issuer, exp="tomorrow")),
    ("token-malformed", lambda issuer: signed(issuer, padding="x" * 9000)),
    (
        "token-malformed",
        lambda issuer: unsigned({"alg": "ES256", "kid": issuer.key.kid, "crit": ["exp"], "exp": 1}) + ".ab",
    ),
    ("token-alg-none", lambda issuer: unsigned({"alg": "none"}) + "."),
    ("token-alg-none", lambda issuer: unsigned({"alg": "NoNe"}) + ".abcd"),
    ("token-unsigned", lambda issuer: unsigned({"alg": "ES256", "kid": issuer.key.kid})),
    ("token-unsigned", lambda issuer: signed(issuer).rpartition(".")[0] + "."),
    ("token-algorithm", lambda issuer: unsigned({"typ": "JWT"}) + ".abcd"),
    ("token-algorithm", lambda issuer: confused(issuer)),
    ("token-wrong-issuer", lambda issuer: signed(issuer, iss="https://other.example")),
    ("token-wrong-issuer", lambda issuer: signed(issuer, iss=None)),
    ("token-wrong-issuer", lambda issuer: unsigned({"alg": "ES256"}, "https://other.example") + ".abcd"),
    ("token-unknown-key", lambda issuer: signed(issuer, header={"kid": "other"})),
    ("token-bad-signature", lambda issuer: signed(issuer, key=ECKey.generate_key("P-256"))),
    ("token-bad-signature", lambda issuer: swapped(issuer)),
    ("token-wrong-audience", lambda issuer: signed(issuer, aud="mail")),
    ("token-wrong-audience", lambda issuer: signed(issuer, aud=["mail", "files"])),
    ("token-incomplete", lambda issuer: signed(issuer, aud=None)),
    ("token-incomplete", lambda issuer: signed(issuer, sub=None)),
    ("token-incomplete", lambda issuer: signed(issuer, exp=None)),
    ("token-expired", lambda issuer: signed(issuer, exp=NOW - 31)),
    ("token-not-yet-valid", lambda issuer: signed(issuer, nbf=NOW + 31)),
    ("token-not-yet-valid", lambda issuer: signed(issuer, iat=NOW + 31)),
]


def confused(issuer: Issuer) -> str:
    """The public key used as the secret of HS256."""
    public = OctKey.import_key(issuer.key.key.as_pem(private=False).hex())
    return signed(issuer, header={"alg": "HS256"}, key=public)


def swapped(issuer: Issuer) -> str:
    """The claims of one token under the signature of another."""
    head, _, signature = signed(issuer).split(".")
    return ".".join((head, signed(issuer, roles=["HR_OFFICER"]).split(".")[1], signature))


@pytest.mark.parametrize(("code", "make"), REFUSED)
async def test_each_refusal_has_its_own_code(issuer: Issuer, verifier: Verifier, code: str, make: MakeToken) -> None:
    assert await code_of(verifier, make(issuer)) == code


@pytest.mark.parametrize("typ", ["at+jwt", "AT+JWT", "application/at+jwt"])
async def test_the_header_says_that_it_is_an_access_token(issuer: Issuer, verifier: Verifier, typ: str) -> None:
    assert (await verifier.principal(signed(issuer, header={"typ": typ}))).subject == "p1"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt"])
async def test_or_its_claim_does_as_keycloaks(issuer: Issuer, verifier: Verifier, typ: str) -> None:
    token = signed(issuer, header={"typ": typ}, typ="Bearer", azp="pattana-portal")

    assert (await verifier.principal(token)).subject == "p1"


async def test_whoever_shows_an_id_token_after_the_access_token_is_refused(issuer: Issuer, verifier: Verifier) -> None:
    await verifier.principal(signed(issuer, header={"typ": "JWT"}, typ="Bearer"))

    assert await code_of(verifier, signed(issuer, header={"typ": "JWT"}, typ="ID")) == "token-wrong-type"


@pytest.mark.parametrize("claims", [{"exp": NOW - 29}, {"nbf": NOW + 29}, {"iat": NOW + 29}, {"aud": ["x", "pattana"]}])
async def test_clocks_may_differ_a_little(issuer: Issuer, verifier: Verifier, claims: dict[str, Any]) -> None:
    assert (await verifier.principal(signed(issuer, **claims))).subject == "p1"


async def test_a_remembered_token_still_expires(issuer: Issuer) -> None:
    now = float(NOW)
    verifier = Verifier(issuer.settings(), clock=lambda: now)
    token = signed(issuer)
    await verifier.principal(token)

    now = NOW + 89
    assert (await verifier.principal(token)).subject == "p1"
    now = NOW + 90
    assert await code_of(verifier, token) == "token-expired"


async def test_a_new_key_is_found_and_tokens_of_the_old_one_end(tmp_path: Path) -> None:
    old, new = make_issuer(tmp_path / "old"), make_issuer(tmp_path / "new")
    verifier = Verifier(old.settings(), clock=lambda: NOW)
    former = signed(old)
    await verifier.principal(former)

    old.key.jwks.write_bytes(new.key.jwks.read_bytes())

    assert (await verifier.principal(signed(new))).subject == "p1"
    assert await code_of(verifier, former) == "token-unknown-key"


async def test_unreadable_keys_are_an_outage_at_first_and_no_matter_later(issuer: Issuer, tmp_path: Path) -> None:
    jwks = tmp_path / "later.json"
    verifier = Verifier(issuer.settings(token_jwks=str(jwks)), clock=lambda: NOW)
    with pytest.raises(KeysUnavailable):
        await verifier.principal(signed(issuer))

    jwks.write_bytes(issuer.key.jwks.read_bytes())
    assert (await verifier.principal(signed(issuer))).subject == "p1"

    jwks.write_text("half a fi")
    assert (await verifier.principal(signed(issuer, sub="p2"))).subject == "p2"
    assert await code_of(verifier, signed(issuer, header={"kid": "other"})) == "token-unknown-key"


async def test_edwards_keys_are_accepted_and_symmetric_ones_in_a_jwks_are_not(tmp_path: Path) -> None:
    key, secret = OKPKey.generate_key("Ed25519"), OctKey.generate_key(256)
    jwks = tmp_path / "jwks.json"
    keys = [{**key.as_dict(private=False), "kid": "ed"}, {**secret.as_dict(private=True), "kid": "oct"}]
    jwks.write_text(json.dumps({"keys": keys}))
    verifier = Verifier(Settings(token_issuer=EMBEDDED_ISSUER, token_jwks=str(jwks)), clock=lambda: NOW)
    claims = {"sub": "p1", "iss": EMBEDDED_ISSUER, "aud": "pattana", "exp": NOW + 60}

    with pytest.warns(UserWarning, match="EdDSA is deprecated"):
        token = jwt.encode({"alg": "EdDSA", "kid": "ed", "typ": "at+jwt"}, claims, key, algorithms=["EdDSA"])
    assert (await verifier.principal(token)).subject == "p1"
    forged = jwt.encode({"alg": "HS256", "kid": "oct"}, claims, secret, algorithms=["HS256"])
    assert await code_of(verifier, forged) == "token-algorithm"


def test_a_verifier_must_know_whose_tokens_it_accepts() -> None:
    with pytest.raises(ValueError, match="PATTANA_TOKEN_ISSUER"):
        Verifier(Settings(token_issuer="", token_jwks=""))


def test_the_signing_key_is_private_and_stays_the_same(tmp_path: Path) -> None:
    first = create_key(tmp_path / "keys")
    again = create_key(tmp_path / "keys")

    assert again.kid == first.kid == load_key(tmp_path / "keys").kid
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {"signing.json": 0o600, "jwks.json": 0o644}
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert "d" not in json.loads(first.jwks.read_bytes())["keys"][0]


def test_no_key_no_tokens(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_key(tmp_path)


def test_what_a_token_says(issuer: Issuer) -> None:
    key: SigningKey = issuer.key
    token = issue_token(key, [Role.SUPERVISOR, Role.LEARNER], "PO-50", "p1", timedelta(minutes=5))
    decoded = jwt.decode(token, key.key, algorithms=["ES256"])
    claims = decoded.claims

    assert decoded.header == {"alg": "ES256", "kid": key.kid, "typ": "at+jwt"}
    assert claims.keys() == {"sub", "roles", "unit", "iss", "aud", "iat", "exp", "jti"}
    assert claims["roles"] == ["LEARNER", "SUPERVISOR"]
    assert claims["exp"] - claims["iat"] == 300
    assert abs(claims["iat"] - time.time()) < 5
