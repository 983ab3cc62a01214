"""Settings: one prefix, secrets from files, and what must not be set together."""

from pathlib import Path

import pytest
from pydantic import Field, ValidationError

from shared.broker import Broker
from shared.issuer import EMBEDDED_ISSUER
from shared.settings import Settings


class MailSettings(Settings):
    mail_password: str = Field("", description="of the mail server")


@pytest.fixture(autouse=True)
def _no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("PATTANA_"):
            monkeypatch.delenv(name)


def test_every_field_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_environment_with_the_prefix_and_arguments_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATTANA_PORT", "8123")
    monkeypatch.setenv("PATTANA_TOKEN_ALGORITHMS", "ES256, RS256")

    assert Settings().port == 8123
    assert Settings(port=9).port == 9
    assert Settings().token_algorithms == ("ES256", "RS256")


def test_secret_from_a_file_without_its_line_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("ก ข\n", encoding="utf-8")
    monkeypatch.setenv("PATTANA_MAIL_PASSWORD_FILE", str(secret))

    assert MailSettings().mail_password == "ก ข"


def test_value_and_file_together_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATTANA_MONGO_URL", "mongodb://a")
    monkeypatch.setenv("PATTANA_MONGO_URL_FILE", str(tmp_path / "url"))

    with pytest.raises(ValueError, match="PATTANA_MONGO_URL and PATTANA_MONGO_URL_FILE are both set"):
        Settings()


def test_the_connection_string_is_not_shown() -> None:
    assert "secret" not in repr(Settings(mongo_url="mongodb://me:secret@db"))


@pytest.mark.parametrize("algorithms", ["HS256", "ES256,none", ""])
def test_only_asymmetric_algorithms(algorithms: str) -> None:
    with pytest.raises(ValidationError, match="asymmetric"):
        Settings(token_algorithms=algorithms)


def test_faults_only_with_the_embedded_issuer() -> None:
    assert Settings(faults=True, token_issuer=EMBEDDED_ISSUER).faults
    with pytest.raises(ValidationError, match="PATTANA_FAULTS is for tests"):
        Settings(faults=True, token_issuer="https://sso.example.go.th")


def test_unknown_arguments_and_changes_are_refused() -> None:
    with pytest.raises(ValidationError):
        Settings(prot=1)  # type: ignore[call-arg]
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("given", [{}, {"kafka_user": "me"}, {"kafka_password": "secret"}])
@pytest.mark.parametrize("security", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_who_has_to_sign_in_at_the_broker_needs_a_name_and_a_password(security: str, given: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="PATTANA_KAFKA_USER"):
        Settings.model_validate({"kafka_security": security, **given})


def test_the_broker_is_described_once() -> None:
    settings = Settings(
        kafka_bootstrap="kafka:9092",
        kafka_security="SASL_SSL",
        kafka_mechanism="PLAIN",
        kafka_user="me",
        kafka_password="secret",
        kafka_authorities="ca.pem",
    )
    assert settings.broker == Broker("kafka:9092", "SASL_SSL", "PLAIN", "me", "secret", "ca.pem")
    assert "secret" not in repr(settings) + repr(settings.broker)
    assert Settings().broker == Broker("127.0.0.1:9092")
