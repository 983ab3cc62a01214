"""What the notification service answers."""

from typing import Final

from pattana.disclosure.answers import OFFICERS, OFFICES, READERS, REMINDERS, Answer, fields, page_of

_API: Final = "/api/notification"
_MESSAGE: Final = (
    "id kind wave run nomination addressee recipient unit channel state code attempts uncertain createdAt dueAt"
    " finishedAt"
)
_LEDGER: Final = "ledger[].number ledger[].at ledger[].channel ledger[].outcome ledger[].code ledger[].uncertain"

NOTIFICATION: Final = (
    Answer("messages", (f"GET {_API}/messages",), page_of(fields((OFFICERS, _MESSAGE)), OFFICERS)),
    Answer("message", (f"GET {_API}/messages/{{message}}",), fields((OFFICERS, f"{_MESSAGE} reason {_LEDGER}"))),
    Answer(
        "counts of messages",
        (f"GET {_API}/messages/counts",),
        fields(
            (
                OFFICERS,
                "run total more byKind.{} byChannel.{} byState.{} rows[].kind rows[].channel rows[].state rows[].count",
            )
        ),
    ),
    Answer(
        "inbox",
        (f"GET {_API}/inbox",),
        {
            **page_of(fields((READERS, "id kind run subject text createdAt readAt"), (OFFICES, "unit")), READERS),
            **fields((READERS, "unread")),
        },
        "what was sent to oneself, and to the unit that one acts for",
    ),
    Answer("read", (f"POST {_API}/inbox/{{message}}/read",), fields((READERS, "id readAt"))),
    Answer(
        "waves of reminders",
        (f"GET {_API}/reminders",),
        fields((REMINDERS, "run total more byWave.{}.total byWave.{}.byState.{}")),
    ),
    Answer(
        "reminded",
        (f"POST {_API}/reminders",),
        fields((REMINDERS, "run created existing complete byWave.{}.due byWave.{}.created byWave.{}.existing")),
    ),
)
