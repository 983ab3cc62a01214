"""Messages into what a channel sends: recipient, words in Thai or English, calendar entries. Sends nothing."""

from services.notification.composing.domain.calendars import Invitation
from services.notification.composing.domain.outgoing import (
    Composing,
    Drop,
    OutgoingMessage,
    Ready,
    Unsorted,
    Wait,
    Words,
)
from services.notification.composing.domain.recipients import Mailbox, Recipient
from services.notification.composing.domain.wording import Language
from services.notification.composing.domain.wording import day as day_in_words
from services.notification.composing.writer import Writer

__all__ = [
    "Composing",
    "Drop",
    "Invitation",
    "Language",
    "Mailbox",
    "OutgoingMessage",
    "Ready",
    "Recipient",
    "Unsorted",
    "Wait",
    "Words",
    "Writer",
    "day_in_words",
]
