"""Letters as e-mail (MIME): text, HTML and calendar entries. Knows no connection."""

from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr

from services.notification.calendars import Invitation, Recipient
from services.notification.channels import OutgoingMessage, Rejected

_POLICY = SMTP.clone(cte_type="7bit")
_SPECIAL = frozenset(' "(),:;<>[]\\')


def message_id(letter: OutgoingMessage, sender: Recipient) -> str:
    """The same for every attempt: by this, mail servers and people recognise a second copy."""
    return f"<{letter.id}@{sender.email.rpartition('@')[2]}>"


def composed(letter: OutgoingMessage, sender: Recipient) -> bytes:
    """As it goes over the wire. Raises Rejected for an address that cannot be written."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Date"] = format_datetime(letter.written_at)
    mail["From"] = _Folded("From", _address(sender))
    mail["To"] = _Folded("To", _address(letter.to))
    mail["Subject"] = _Folded("Subject", _encoded(letter.words.subject))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.words.text, cte="base64")
    mail.add_alternative(letter.words.html, subtype="html", cte="base64")
    if letter.invitations:
        _invite(mail, letter.invitations)
    mail["Content-Language"] = letter.language  # of the whole: set earlier, it would go to the first part
    return mail.as_bytes()


class _Folded(str):
    """A header as it goes out. EmailMessage takes it as it is; its own folding leaves blanks inside Thai names."""

    def __new__(cls, name: str, value: str) -> "_Folded":
        made = super().__new__(cls, value)
        made.name = name
        return made

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}\r\n"


def _encoded(text: str) -> str:
    """One line of text in words of ASCII (RFC 2047), folded."""
    line = " ".join(text.split())
    return line if line.isascii() and len(line) < 900 else Header(line, "utf-8").encode(linesep="\r\n")


def _address(recipient: Recipient) -> str:
    name, at, host = recipient.email.rpartition("@")
    plain = recipient.email.isascii() and recipient.email.isprintable() and not _SPECIAL & set(recipient.email)
    if not (name and at and host and plain):
        raise Rejected("address-invalid")
    shown = " ".join(recipient.name.split())
    return formataddr((shown, recipient.email)) if shown.isascii() else f"{_encoded(shown)} <{recipient.email}>"


def _invite(mail: EmailMessage, invitations: tuple[Invitation, ...]) -> None:
    """The first entry also as an alternative, which is what calendars act on; all as files, for everybody else."""
    first = invitations[0]
    mail.add_alternative(first.content.decode(), subtype="calendar", cte="base64", params={"method": first.method})
    for number, one in enumerate(invitations, start=1):
        name = f"{'invitation' if one.method == 'REQUEST' else 'cancellation'}-{number}.ics"
        mail.add_attachment(
            one.content, maintype="text", subtype="calendar", filename=name, params={"method": one.method}
        )
