"""Lists of commands: each row is a separate command with its own answer."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.enrolment.seats.domain.commands import Caller, Command
from services.enrolment.seats.service.nominations import SeatService
from services.enrolment.seats.service.queue import Gone
from shared.errors import Refused, Unavailable
from shared.http import answer, hung_up
from shared.idempotency import CommandKey, Recorded, command_key
from shared.problems import Busy, Language, language_of, problem_body


async def carry_out_rows(
    service: SeatService, request: Request, caller: Caller, key: str | None, rows: Sequence[tuple[Command, bytes]]
) -> Response:
    """200 with one result per row, in order. A row is a command and the bytes sent for it; its Idempotency-Key is
    the request's key with the row number."""
    path, gone = request.scope["path"], hung_up(request)
    tasks = [
        _one(service, command, caller, command_key(caller.subject, "POST", path, _numbered(key, place), sent), gone)
        for place, (command, sent) in enumerate(rows)
    ]
    outcomes = await asyncio.gather(*tasks)
    language = language_of(request)
    results = [_result(outcome, language) for outcome in outcomes]
    last = {p.aggregate: p for outcome in outcomes if isinstance(outcome, Recorded) for p in outcome.positions}
    return answer({"results": results}, positions=list(last.values()))


def _numbered(key: str | None, place: int) -> str | None:
    return None if key is None else f"{key}#{place}"


async def _one(
    service: SeatService, command: Command, caller: Caller, key: CommandKey, gone: Gone
) -> Recorded | Refused:
    try:
        return await service.carry_out(command, key, caller, gone)
    except Refused as refusal:
        return refusal
    except Unavailable:
        return Busy()


def _result(outcome: Recorded | Refused, language: Language) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        problem = problem_body(outcome, language)
        return {"status": problem["status"], "problem": problem}
    position = str(outcome.positions[0])
    return {"status": outcome.status, "nomination": orjson.Fragment(outcome.body), "position": position}
