"""What answers about messages, inboxes and reminders look like. Kinds, states and channels may be those of a newer
release."""

from typing_extensions import TypedDict

from shared.answers import Time


class MessageAnswer(TypedDict):
    """`nomination` and `recipient` are null where people are not to be told apart, `run` of what is about no run."""

    id: str
    kind: str
    wave: str | None
    run: str | None
    nomination: str | None
    addressee: str
    recipient: str | None
    unit: str
    channel: str | None
    state: str
    code: str | None
    attempts: int
    uncertain: bool
    createdAt: Time
    dueAt: Time
    finishedAt: Time | None


class AttemptAnswer(TypedDict):
    number: int
    at: Time
    channel: str
    outcome: str
    code: str | None
    uncertain: bool


class LedgerAnswer(MessageAnswer):
    reason: str | None
    ledger: list[AttemptAnswer]


class CountAnswer(TypedDict):
    kind: str
    channel: str | None
    state: str
    count: int


class CountsAnswer(TypedDict):
    """`more`: these are the newest 10,000, and there are others."""

    run: str | None
    total: int
    more: bool
    byKind: dict[str, int]
    byChannel: dict[str, int]
    byState: dict[str, int]
    rows: list[CountAnswer]


class InboxItem(TypedDict):
    id: str
    kind: str
    run: str | None
    unit: str | None
    subject: str
    text: str
    createdAt: Time
    readAt: Time | None


class InboxPage(TypedDict):
    items: list[InboxItem]
    next: str | None
    unread: int


class ReadAnswer(TypedDict):
    id: str
    readAt: Time | None


class WaveAnswer(TypedDict):
    total: int
    byState: dict[str, int]


class WavesAnswer(TypedDict):
    run: str
    total: int
    more: bool
    byWave: dict[str, WaveAnswer]


class WaveMade(TypedDict):
    """`due` is null for a wave that is not due at the run's business time."""

    due: Time | None
    created: int
    existing: int


class RemindedAnswer(TypedDict):
    """Not `complete`: the run is so large that the service goes on by itself."""

    run: str
    created: int
    existing: int
    complete: bool
    byWave: dict[str, WaveMade]
