"""Lists of commands: every row is a command of its own, with an answer of its own."""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from services.enrolment.seats.commands import Command
from services.enrolment.seats.service import SeatService
from shared.errors import Refused, Unavailable
from shared.http import Language, answer, language_of, problem_body
from shared.idempotency import CommandKey, Recorded, command_key
from shared.problems import Busy
from shared.rights import Principal, Scope


def recorded_response(done: Recorded) -> Response:
    """The answer as it was recorded, byte for byte."""
    positions = ", ".join(map(str, done.positions))
    return Response(done.body, done.status, {"pattana-position": positions}, "application/json")


async def carry_out_rows(
    service: SeatService,
    request: Request,
    principal: Principal,
    scope: Scope,
    key: str | None,
    commands: Sequence[Command],
    rows: Sequence[bytes],
) -> Response:
    """200 with one result per row, in order. A row's Idempotency-Key is the request's with its place."""
    path = request.url.path
    keys = [
        command_key(principal.subject, "POST", path, None if key is None else f"{key}#{place}", row)
        for place, row in enumerate(rows)
    ]
    tasks = [_one(service, command, k, principal, scope) for command, k in zip(commands, keys, strict=True)]
    done = await asyncio.gather(*tasks)
    language = language_of(request)
    results = [_result(one, language) for one in done]
    last = {p.aggregate: p for one in done if isinstance(one, Recorded) for p in one.positions}
    return answer({"results": results}, positions=list(last.values()))


async def _one(
    service: SeatService, command: Command, key: CommandKey, principal: Principal, scope: Scope
) -> Recorded | Refused:
    try:
        return await service.carry_out(command, key, principal.subject, scope)
    except Refused as refusal:
        return refusal
    except Unavailable:
        return Busy()


def _result(done: Recorded | Refused, language: Language) -> dict[str, Any]:
    if isinstance(done, Refused):
        problem = problem_body(done, language)
        return {"status": problem["status"], "problem": problem}
    position = str(done.positions[0])
    return {"status": done.status, "nomination": orjson.Fragment(done.body), "position": position}
