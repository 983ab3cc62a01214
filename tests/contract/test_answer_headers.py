"""What the services answer passes the gateway's buffer: a longer head is a 502 although the command was carried out."""

import re
from pathlib import Path

import httpx
import pytest

from shared.position_tokens import LONGEST, unverified
from shared.rights import Role
from tests.support.api import client_of, make_issuer
from tests.unit.shared.trial import LARGE, create_trial

GATEWAY = (Path(__file__).parents[2] / "deploy" / "gateway" / "nginx.conf").read_text()
DEFAULT_BUFFER = 4096  # nginx takes one page of memory; some machines have larger ones
ODD = {
    "x-request-id": "r" * 128,
    "idempotency-key": "k" * 200,
    "traceparent": "t" * 2000,
    "accept-language": "x" * 4000,
}


def buffer_bytes() -> int:
    found = re.search(r"proxy_buffer_size (\d+)k", GATEWAY)
    return int(found[1]) * 1024 if found else DEFAULT_BUFFER


def head_bytes(answer: httpx.Response) -> int:
    return len("HTTP/1.1 503 Service Unavailable\r\n\r\n") + sum(len(k) + len(v) + 4 for k, v in answer.headers.raw)


@pytest.mark.parametrize("path", ["commands/large", "fail/away", "fail/taken", "commands/large/none"])
async def test_the_largest_head_of_an_answer_is_a_quarter_of_the_buffer(tmp_path: Path, path: str) -> None:
    issuer = make_issuer(tmp_path / "keys")
    headers = issuer.bearer(Role.HR_OFFICER, "PERS") | ODD
    async with client_of(create_trial(issuer.settings(trace_ratio=0)), headers=headers) as client:
        answer = await client.post(f"/api/trial/{path}", json={"personId": "p1"})
    assert head_bytes(answer) <= buffer_bytes() / 4
    assert answer.headers["x-request-id"] == "r" * 128
    if "pattana-position" in answer.headers:
        token = answer.headers["pattana-position"]
        assert len(token) <= LONGEST
        assert unverified(token).receipts[0].events == 2 * len(LARGE)
