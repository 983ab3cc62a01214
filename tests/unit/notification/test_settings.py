"""What the service refuses to start with, and that secrets do not appear."""

import pytest
from pydantic import ValidationError

from services.notification.settings import NotificationSettings
from shared.fresh_keys import new_key_ring

RING = new_key_ring("k1")


def test_every_variable_is_described() -> None:
    assert [name for name, field in NotificationSettings.model_fields.items() if not field.description] == []


def test_without_keys_people_could_not_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PATTANA_CONTACT_KEYS", raising=False)

    with pytest.raises(ValidationError, match="contact_keys"):
        NotificationSettings()
    with pytest.raises(ValidationError, match="base64"):
        NotificationSettings(contact_keys="k1=?")


def test_a_lease_outlives_an_attempt() -> None:
    with pytest.raises(ValidationError, match="PATTANA_DELIVERY_LEASE_SECONDS"):
        NotificationSettings(contact_keys=RING, delivery_lease_seconds=45, smtp_timeout_seconds=15)


def test_secrets_do_not_appear() -> None:
    text = repr(NotificationSettings(contact_keys=RING, smtp_password="ลับ-secret"))

    assert "secret" not in text
    assert RING not in text
