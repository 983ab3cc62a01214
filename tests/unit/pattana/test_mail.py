"""The local mail sink keeps what it accepts, and serves it as pages and as JSON."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from pattana.embedded.mail import Mailbox, mail_pages, receiving
from pattana.embedded.ports import free_port

JSON = {"accept": "application/json"}


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "mail")


@pytest.fixture
async def client(mailbox: Mailbox) -> AsyncIterator[httpx.AsyncClient]:
    pages = mail_pages(mailbox)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(pages), base_url="http://test") as client:
        yield client


def invitation(subject: str = "เชิญเข้ารับการฝึกอบรม <b>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dri@example.go.th", "hr@example.go.th", subject
    message["Message-ID"] = "<one@pattana>"
    message.set_content("เรียน ผู้ว่าราชการจังหวัด")
    message.add_alternative("<p>เรียน</p>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invitation.ics")
    return message


async def test_mail_sent_over_smtp_is_kept_and_shown(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    port = free_port()
    async with receiving(mailbox, port):
        await aiosmtplib.send(
            invitation(), hostname="127.0.0.1", port=port, recipients=["a@example.go.th", "b@example.go.th"]
        )
    (entry,) = (await client.get("/mail/", headers=JSON)).json()["items"]
    assert entry["to"] == ["a@example.go.th", "b@example.go.th"]
    assert (entry["subject"], entry["messageId"]) == ("เชิญเข้ารับการฝึกอบรม <b>", "<one@pattana>")
    one = (await client.get(f"/mail/{entry['id']}", headers=JSON)).json()
    assert one["text"].strip() == "เรียน ผู้ว่าราชการจังหวัด"
    assert one["html"].strip() == "<p>เรียน</p>"
    assert one["attachments"] == [{"name": "invitation.ics", "type": "text/calendar"}]
    raw = await client.get(f"/mail/{entry['id']}.eml")
    assert raw.headers["content-disposition"] == f'attachment; filename="{entry["id"]}.eml"'
    assert raw.headers["content-type"] == "message/rfc822"
    assert b"Message-ID: <one@pattana>" in raw.content


async def test_pages_for_people_show_text_and_run_nothing(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    name = mailbox.keep(bytes(invitation()), ["a@example.go.th"])
    page = (await client.get("/mail/")).text
    assert "จดหมายที่ส่งออก 1 ฉบับ" in page
    assert re.search(r"&lt;b&gt;</a>", page)
    assert re.search(r"<td>\d+ \S+ \d\d \d\d\.\d\d น\.</td>", page)
    letter = (await client.get(f"/mail/{name}")).text
    assert "เรียน ผู้ว่าราชการจังหวัด" in letter
    assert "สิ่งที่แนบ: invitation.ics" in letter


async def test_an_incomplete_page_says_so(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    for _ in range(2):
        mailbox.keep(bytes(invitation()), ["a@example.go.th"])
    assert "แสดง 1 ฉบับล่าสุด" in (await client.get("/mail/", params={"limit": 1})).text
    assert "ฉบับล่าสุด" not in (await client.get("/mail/")).text


async def test_the_list_is_newest_first_limited_and_by_recipient(mailbox: Mailbox, client: httpx.AsyncClient) -> None:
    for number in range(3):
        mailbox.keep(bytes(invitation(f"number {number}")), [f"{number % 2}@example.go.th"])
    newest = (await client.get("/mail/", params={"limit": 2}, headers=JSON)).json()
    assert ([item["subject"] for item in newest["items"]], newest["total"]) == (["number 2", "number 1"], 3)
    even = (await client.get("/mail/", params={"to": "0@example.go.th", "limit": 1}, headers=JSON)).json()
    assert ([item["subject"] for item in even["items"]], even["total"]) == (["number 2"], 2)


@pytest.mark.parametrize("name", ["1", "..%2F..%2Fengine", "00000000000000000000", "x.eml"])
async def test_an_unknown_message_is_not_found(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/mail/{name}")).status_code == 404
