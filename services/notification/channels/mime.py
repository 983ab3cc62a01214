"""Letters as e-mail (MIME): text, HTML and calendar entries. Knows no connection."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notification.calendars import Invitation, Party
from services.notification.channels import Letter, Rejected

_POLICY = SMTP.clone(cte_type="7bit")


def message_id(letter: Letter, sender: Party) -> str:
    """The same for every attempt: by this, mail servers and people recognise a second copy."""
    return f"<{letter.id}@{sender.email.rpartition('@')[2]}>"


def composed(letter: Letter, sender: Party) -> bytes:
    """As it goes over the wire. Raises Rejected for an address that cannot be written."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Date"] = format_datetime(letter.written_at)
    mail["From"] = _address(sender)
    mail["To"] = _address(letter.to)
    mail["Subject"] = letter.words.subject
    mail["Content-Language"] = letter.language
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.words.text, cte="base64")
    mail.add_alternative(letter.words.html, subtype="html", cte="base64")
    if letter.invitations:
        _invite(mail, letter.invitations)
    return mail.as_bytes()


def _address(party: Party) -> Address:
    name, at, host = party.email.rpartition("@")
    if not (name and at and host and party.email.isascii() and party.email.isprintable() and " " not in party.email):
        raise Rejected("address-invalid")
    return Address(party.name, name, host)


def _invite(mail: EmailMessage, invitations: tuple[Invitation, ...]) -> None:
    """The first entry also as an alternative, which is what calendars act on; all as files, for everybody else."""
    first = invitations[0]
    mail.add_alternative(first.content.decode(), subtype="calendar", cte="base64", params={"method": first.method})
    for number, one in enumerate(invitations, start=1):
        name = f"{'invitation' if one.method == 'REQUEST' else 'cancellation'}-{number}.ics"
        mail.add_attachment(
            one.content, maintype="text", subtype="calendar", filename=name, params={"method": one.method}
        )
