"""What is told of one person: one JSON object however many pages, bounded paper, and to whom."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from shared.personal import Absent, Item, Kind, Words, listed, rows_of
from shared.personal.export import Export, reach
from shared.personal.kinds import Page
from shared.personal.printed import MOST_ROWS, MOST_SIGNS, printed, shown
from shared.rights import PERMISSIONS, Permission, Principal, Role

PEOPLE = [role for role in Role if Permission.PERSON_EXPORT in PERMISSIONS[role]]
WORDS = Words("ไทย", "English")


def kind(key: str, *pages: list[Item]) -> Kind:
    async def read(person: str, after: str) -> Page:
        place = int(after or 0)
        return (pages[place] if pages else []), str(place + 1) if place + 1 < len(pages) else None

    return Kind(key, WORDS, WORDS, WORDS, WORDS, read)


def export(*kinds: Kind, language: str = "th") -> Export:
    async def title_of(run: str) -> str | None:
        return {"r-1": "หลักสูตร"}.get(run)

    at = datetime(2026, 11, 30, 8, tzinfo=UTC)
    return Export("enrolment", "p-1", at, language, kinds, [Absent(WORDS, WORDS)], ["/elsewhere"], title_of)


def told(made: Export) -> Any:
    async def whole() -> bytes:
        return b"".join([part async for part in made.json()])

    return orjson.loads(asyncio.run(whole()))


def on_paper(made: Export) -> dict[str, Any]:
    return asyncio.run(printed(made))


def test_pages_are_one_object_and_runs_have_titles() -> None:
    made = told(
        export(kind("a", [{"run": "r-1"}, {"run": "r-2"}], [], [{"x": 1}]), kind("b"), kind("c", [{"y": True}]))
    )
    records = {one["kind"]: one["records"] for one in made["kinds"]}
    assert records == {
        "a": [{"run": "r-1", "runTitle": "หลักสูตร"}, {"run": "r-2"}, {"x": 1}],
        "b": [],
        "c": [{"y": True}],
    }
    assert (made["person"], made["service"], made["elsewhere"]) == ("p-1", "enrolment", ["/elsewhere"])
    assert "มาตรา 30" in made["law"]
    assert "section" in told(export(language="en"))["law"]


@pytest.mark.parametrize("more", [{"field": "_id"}, {"more": {"_id": 1}}, {"more": {"person": "other"}}])
def test_no_condition_takes_the_place_of_the_person(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="others would be told"):
        rows_of(None, dict, **more)  # type: ignore[arg-type]


def test_values_are_plain_and_what_is_empty_is_left_out() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
    (item,) = listed({"a": None, "b": "", "c": False, "d": 0, "e": moment, "f": date(2026, 1, 2), "g": Role.LEARNER})
    assert datetime.fromisoformat(item.pop("e")) == moment.replace(microsecond=0)
    assert item == {"c": False, "d": 0, "f": "2026-01-02", "g": "LEARNER"}
    assert listed([{"a": 1}, {"a": 2}]) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("value", "thai", "english"),
    [
        (None, "", ""),
        (True, "ใช่", "yes"),
        ("CONFIRMED", "ได้รับการยืนยัน", "confirmed"),
        ("OF_TOMORROW", "OF_TOMORROW", "OF_TOMORROW"),
        ("2026-11-30", "30 พฤศจิกายน 2569", "2026-11-30"),
        ("2026-11-30T01:30:00+00:00", "30 พฤศจิกายน 2569 08.30\u00a0น.", "2026-11-30T01:30:00+00:00"),
        (180, "180", "180"),
    ],
)
def test_what_stands_on_paper(value: Any, thai: str, english: str) -> None:
    assert (shown(value, "th"), shown(value, "en")) == (thai, english)


def test_paper_ends_and_says_so() -> None:
    many = [{"at": str(number)} for number in range(MOST_ROWS + 1)]
    long = [{"text": "ก" * (MOST_SIGNS // 2)} for _ in range(3)]
    made = on_paper(export(kind("a", many), kind("b", long), kind("c")))
    first, second, third = made["kinds"]
    assert [len(one["rows"]) for one in made["kinds"]] == [MOST_ROWS, 1, 0]
    assert [made["words"].get(one["note"]) for one in (first, second)] == ["ยังมีต่อ โปรดดูฉบับ JSON"] * 2
    assert made["words"][third["note"]] == "ไม่มีข้อมูล"
    assert made["substitute"] is True


@pytest.mark.parametrize("role", PEOPLE)
def test_it_is_ones_own_and_everybodys_for_who_may_erase(role: Role) -> None:
    scope = reach(Principal("me", frozenset({role}), "PO-50"))
    assert scope.covers_person("me")
    assert scope.covers_person("other") is (role is Role.HR_OFFICER)


@pytest.mark.parametrize("role", sorted(set(Role) - set(PEOPLE)))
def test_machines_and_observers_get_nothing(role: Role) -> None:
    assert not reach(Principal("me", frozenset({role}), "PO-50")).covers_person("me")
