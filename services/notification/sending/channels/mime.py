"""Messages as e-mail (MIME): text, HTML and calendar entries. Knows no connection."""

from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr

from services.notification.composing import Invitation, Mailbox, OutgoingMessage
from services.notification.sending.channels import Rejected

_POLICY = SMTP.clone(cte_type="7bit")
_SPECIAL = frozenset(' "(),:;<>[]\\')


def message_id(outgoing: OutgoingMessage, sender: Mailbox) -> str:
    """The same for every attempt: mail servers and people recognise a second copy by it."""
    return f"<{outgoing.id}@{sender.address.rpartition('@')[2]}>"


def composed(outgoing: OutgoingMessage, sender: Mailbox) -> bytes:
    """As it goes over the wire. Raises Rejected for an address that cannot stand in a header."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message_id(outgoing, sender)
    mail["Date"] = format_datetime(outgoing.written_at)
    mail["From"] = _Folded("From", _address(sender))
    mail["To"] = _Folded("To", _address(outgoing.to.mailbox))
    mail["Subject"] = _Folded("Subject", _encoded(outgoing.words.subject))
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.words.text, cte="base64")
    mail.add_alternative(outgoing.words.html, subtype="html", cte="base64")
    if outgoing.invitation is not None:
        _invite(mail, outgoing.invitation)
    mail["Content-Language"] = outgoing.language  # last: set earlier, it would go to the first part
    return mail.as_bytes()


class _Folded(str):
    """A header already folded. EmailMessage sends it as it is; its own folding leaves blanks inside Thai names."""

    def __new__(cls, name: str, value: str) -> "_Folded":
        header = super().__new__(cls, value)
        header.name = name
        return header

    name: str

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}\r\n"


def _encoded(text: str) -> str:
    """One line of text as ASCII encoded words (RFC 2047), folded."""
    line = " ".join(text.split())
    return line if line.isascii() and len(line) < 900 else Header(line, "utf-8").encode(linesep="\r\n")


def _address(mailbox: Mailbox | None) -> str:
    address = mailbox.address if mailbox is not None else ""
    local, at, host = address.rpartition("@")
    plain = address.isascii() and address.isprintable() and not _SPECIAL & set(address)
    if mailbox is None or not (local and at and host and plain):
        raise Rejected("address-invalid")
    name = " ".join(mailbox.name.split())
    return formataddr((name, address)) if name.isascii() else f"{_encoded(name)} <{address}>"


def _invite(mail: EmailMessage, invitation: Invitation) -> None:
    """As an alternative part, which calendars act on; and the same as a file, for people whose mail program does not.
    Two objects in one mail, or two methods, would be one too many: which of them counts is left to the reader."""
    method = {"method": invitation.method}
    text = invitation.content.decode()
    mail.add_alternative(text, subtype="calendar", cte="base64", params=method)
    name = "invitation.ics" if invitation.method == "REQUEST" else "cancellation.ics"
    mail.add_attachment(text, subtype="calendar", cte="base64", filename=name, params=method)
