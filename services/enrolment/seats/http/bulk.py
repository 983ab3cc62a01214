"""Lists of commands: each row is a separate command with its own answer."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.enrolment.seats.domain.commands import Caller, Command, Decide
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.queue import Gone
from shared.errors import Refused, Unavailable
from shared.http import answer, hung_up, reached_header, tokens_of
from shared.idempotency import CommandKey, Recorded, command_key, receipt_of
from shared.position_tokens import Reached, together
from shared.problems import Busy, language_of, problem_body
from shared.security_log.accesses import Accesses
from shared.security_log.entries import acting


async def carry_out_rows(
    service: SeatService, request: Request, caller: Caller, key: str | None, rows: Sequence[tuple[Command, bytes]]
) -> Response:
    """200 with one result per row, in order. A row is a command and the bytes sent for it; its Idempotency-Key is
    the request's key with the row number."""
    outcomes = await outcomes_of(service, request, caller, key, rows, [str(place) for place in range(len(rows))])
    results = [row_result(request, outcome) for outcome in outcomes]
    return answer({"results": results}, headers=reached_header(request, reached_by(outcomes)))


async def outcomes_of(
    service: SeatService,
    request: Request,
    caller: Caller,
    key: str | None,
    rows: Sequence[tuple[Command, bytes]],
    names: Sequence[str],
) -> list[Recorded | Refused]:
    """Of each row, in order. `names` tell the rows apart when the request is repeated with its key."""
    path, gone = request.scope["path"], hung_up(request)
    # Of so many buckets a token cannot tell: the events of a list are marked, and a repeated list has the same mark.
    listed = receipt_of(command_key(caller.subject, "POST", path, key, b"").id) if len(rows) > 1 else None
    keys = [
        command_key(caller.subject, "POST", path, None if key is None else f"{key}#{name}", sent, listed)
        for name, (_, sent) in zip(names, rows, strict=True)
    ]
    tasks = [_one(service, command, caller, row, gone) for (command, _), row in zip(rows, keys, strict=True)]
    outcomes = await asyncio.gather(*tasks)
    _note_refused(request, [command for command, _ in rows], outcomes)
    return outcomes


def reached_by(outcomes: Iterable[Recorded | Refused]) -> Reached:
    return together(outcome.reached for outcome in outcomes if isinstance(outcome, Recorded))


def _note_refused(request: Request, commands: Sequence[Command], outcomes: Sequence[Recorded | Refused]) -> None:
    """The answer to the list is none: its refused rows are told to the security log one by one."""
    accesses: Accesses = request.scope["app"].state.accesses
    for command, outcome in zip(commands, outcomes, strict=True):
        if isinstance(outcome, Refused):
            on = ("nomination", command.nomination) if isinstance(command, Decide) else ("person", command.person)
            accesses.row_refused(acting.get(), command.name, on, outcome)


async def _one(
    service: SeatService, command: Command, caller: Caller, key: CommandKey, gone: Gone
) -> Recorded | Refused:
    try:
        return await service.carry_out(command, key, caller, gone)
    except Refused as refusal:
        return refusal
    except Unavailable:
        return Busy()


def row_result(request: Request, outcome: Recorded | Refused) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        problem = problem_body(outcome, language_of(request))
        return {"status": problem["status"], "problem": problem}
    # The receipt counts the whole list: a row is told by its own bucket, where its number may be known.
    position = tokens_of(request).issue(Reached(outcome.positions) if outcome.positions else outcome.reached)
    return {"status": outcome.status, "nomination": orjson.Fragment(outcome.body), "position": position}
