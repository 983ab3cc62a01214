"""Which kept mails go: those that are old, and those of certain messages."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from pattana.embedded.kept_mails import KeptMails
from pattana.embedded.mail import Mailbox


def mail(message: str, to: str = "office@example.go.th") -> bytes:
    made = EmailMessage()
    made["To"], made["Message-ID"] = to, f"<{message}@pattana.example>"
    made.set_content("เรียน คุณสมหญิง")
    return made.as_bytes()


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path)


def test_mails_are_found_by_their_message_and_not_by_an_address_that_others_share(
    mailbox: Mailbox, tmp_path: Path
) -> None:
    mine, other = (mailbox.keep(mail(message), ["office@example.go.th"]) for message in ("one", "two"))
    kept = KeptMails(tmp_path)
    assert kept.of(["one", "three"]) == [mine]
    late = mailbox.keep(mail("one"), ["office@example.go.th"])
    assert sorted(kept.of(["one"])) == [mine, late]
    kept.remove(kept.of(["one"]))
    assert (mailbox.ids(), kept.of(["one"])) == ([other], [])


def test_old_mails_are_those_that_came_before(mailbox: Mailbox, tmp_path: Path) -> None:
    came = datetime.now(UTC)
    name = mailbox.keep(mail("one"), [])
    kept = KeptMails(tmp_path)
    assert kept.older_than(came - timedelta(seconds=1)) == []
    assert kept.older_than(datetime.now(UTC) + timedelta(seconds=1)) == [name]


def test_a_mail_that_somebody_else_has_removed_is_no_trouble(mailbox: Mailbox, tmp_path: Path) -> None:
    name = mailbox.keep(mail("one"), [])
    kept = KeptMails(tmp_path)
    assert kept.of(["one"]) == [name]
    (tmp_path / f"{name}.eml").unlink()
    kept.remove([name])
    assert kept.of(["one"]) == []
