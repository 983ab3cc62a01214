"""The mails are for whoever has the token of the data folder, asked for by a name of this machine."""

import base64
import hashlib
import re
from collections.abc import AsyncIterator, Mapping
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from pattana.embedded.mail import STYLE, Mailbox, mail_pages
from pattana.embedded.mail_door import MailDoor

TOKEN = "the-token-of-this-folder"
BEARER = {"authorization": f"Bearer {TOKEN}"}
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def name(tmp_path: Path) -> str:
    message = EmailMessage()
    message["Subject"] = "<script>alert(1)</script>"
    message.set_content("เรียน ผู้ว่าราชการจังหวัด")
    return Mailbox(tmp_path).keep(bytes(message), ["a@example.go.th"])


@pytest.fixture
async def client(tmp_path: Path, name: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_with(TOKEN, tmp_path) as client:
        yield client


def client_with(token: str, folder: Path) -> httpx.AsyncClient:
    door = MailDoor(mail_pages(Mailbox(folder)), token, STYLE)
    return httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url=HERE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer "},
        {"authorization": "Bearer x"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"cookie": "pattana-mail="},
        {"cookie": "pattana-mail=x"},
    ],
)
async def test_without_the_token_nothing_is_shown(
    client: httpx.AsyncClient, name: str, headers: Mapping[str, str]
) -> None:
    for path in ("/mail/", f"/mail/{name}", f"/mail/{name}.eml", "/mail/?token=", "/mail/?token=x"):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, "ผู้ว่าราชการ" in answer.text) == (401, False), path


async def test_nobody_has_a_token_that_is_not_set(tmp_path: Path, name: str) -> None:
    async with client_with("", tmp_path) as client:
        assert (await client.get("/mail/", headers={"authorization": "Bearer "})).status_code == 401
        assert (await client.get("/mail/?token=")).status_code == 401


async def test_the_link_lets_a_browser_in_and_leaves_its_address(client: httpx.AsyncClient, name: str) -> None:
    first = await client.get(f"/mail/?token={TOKEN}")
    assert (first.status_code, first.headers["location"]) == (303, "/mail/")
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/mail"} <= set(cookie.split("; "))
    assert "ผู้ว่าราชการ" in (await client.get(f"/mail/{name}")).text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.", "[", ""])
async def test_a_name_that_is_not_of_this_machine_is_refused_whatever_it_knows(
    client: httpx.AsyncClient, host: str
) -> None:
    for path in ("/mail/", f"/mail/?token={TOKEN}"):
        answer = await client.get(path, headers={**BEARER, "host": host})
        assert (answer.status_code, "set-cookie" in answer.headers) == (421, False)


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:9000", "LOCALHOST", "[::1]:8000"])
async def test_this_machine_has_several_names(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/mail/", headers={**BEARER, "host": host})).status_code == 200


async def test_every_answer_forbids_what_a_page_of_mails_does_not_need(client: httpx.AsyncClient, name: str) -> None:
    paths = ("/mail/", f"/mail/{name}", f"/mail/{name}.eml", "/mail/1", f"/mail/?token={TOKEN}", "/mail")
    for answer in [await client.get(path, headers=headers) for path in paths for headers in (BEARER, {})]:
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_the_policy_lets_the_pages_own_style_through(client: httpx.AsyncClient, name: str) -> None:
    for path in ("/mail/", f"/mail/{name}"):
        answer = await client.get(path, headers=BEARER)
        (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text
