"""What goes out over HTTP, as JSON values."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.notification.composing import Words
from services.notification.domain import WAVES, Addressee, Attempt, Message
from services.notification.queries import Counts, Waves
from services.notification.reminders import WaveResult


def message_response(message: Message, *, names: bool) -> dict[str, Any]:
    """A message for those who look after messages. Without `names` people cannot be told apart."""
    hidden = message.addressee is Addressee.PERSON and not names
    return {
        "id": message.id,
        "kind": message.kind,
        "wave": message.wave,
        "run": message.run or None,
        "nomination": None if hidden else message.nomination,
        "addressee": message.addressee,
        "recipient": None if hidden else message.recipient,
        "unit": message.unit,
        "channel": message.channel,
        "state": message.state,
        "code": message.code,
        "attempts": len(message.attempts),
        "uncertain": message.uncertain,
        "createdAt": message.created_at.isoformat(),
        "dueAt": message.due_at.isoformat(),
        "finishedAt": message.finished_at and message.finished_at.isoformat(),
    }


def ledger_response(message: Message, *, names: bool) -> dict[str, Any]:
    """With the event that caused it and every attempt."""
    ledger = [_attempt_response(number, attempt) for number, attempt in enumerate(message.attempts, start=1)]
    return {**message_response(message, names=names), "reason": message.causation, "ledger": ledger}


def _attempt_response(number: int, attempt: Attempt) -> dict[str, Any]:
    return {
        "number": number,
        "at": attempt.at.isoformat(),
        "channel": attempt.channel,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "uncertain": attempt.uncertain,
    }


def inbox_item(message: Message, words: Words) -> dict[str, Any]:
    return {
        "id": message.id,
        "kind": message.kind,
        "run": message.run or None,
        "unit": message.recipient if message.addressee is Addressee.UNIT else None,
        "subject": words.subject,
        "text": words.text,
        "createdAt": message.created_at.isoformat(),
        "readAt": message.read_at and message.read_at.isoformat(),
    }


def counts_response(run: str | None, counts: Counts) -> dict[str, Any]:
    """The counts, and their sums by each of the three. `more`: these are the newest 10,000, and there are others."""
    sums: dict[str, dict[str, int]] = {"byKind": {}, "byChannel": {}, "byState": {}}
    total = 0
    listed = []
    for kind, channel, state, count in counts.rows:
        total += count
        listed.append({"kind": kind, "channel": channel, "state": state, "count": count})
        for name, value in zip(sums, (kind, channel or "UNDECIDED", state), strict=True):
            sums[name][value] = sums[name].get(value, 0) + count
    return {"run": run, "total": total, "more": counts.more, **sums, "rows": listed}


def waves_response(run: str, waves: Waves) -> dict[str, Any]:
    """How many reminders there are, by wave and state; `more`: 10,000 were counted, and there are others."""
    names = dict.fromkeys((*WAVES, *sorted(waves.states)))  # the usual ones are named in any case
    by_wave = {wave: _wave_response(waves.states.get(wave, {})) for wave in names}
    total = sum(wave["total"] for wave in by_wave.values())
    return {"run": run, "total": total, "more": waves.more, "byWave": by_wave}


def _wave_response(by_state: Mapping[str, int]) -> dict[str, Any]:
    return {"total": sum(by_state.values()), "byState": by_state}


def reminded_response(run: str, results: Sequence[WaveResult]) -> dict[str, Any]:
    """What one call has made. `due` is null for a wave that is not due at the run's business time; not `complete`: the
    run is so large that the service goes on by itself."""
    return {
        "run": run,
        "created": sum(result.created for result in results),
        "existing": sum(result.existing for result in results),
        "complete": all(result.complete for result in results),
        "byWave": {
            result.name: {
                "due": result.due and result.due.isoformat(),
                "created": result.created,
                "existing": result.existing,
            }
            for result in results
        },
    }
