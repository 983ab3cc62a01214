"""Plays from opening a programme to the report: A as it is bundled, and files of the same form that differ from it."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from pattana.audit.journal import Journal
from pattana.client import Client, Rejected, Tokens
from pattana.demo.api import EXECUTIVE
from pattana.demo.cut import CannotPlay, Wish
from pattana.demo.play import StepRefused
from tests.support.api import NO_TLS
from tests.support.edition import Edition
from tests.support.plays import Raw, bundled, differing, performed

PLAYED = {
    *("quotaBuckets", "nominationRequestsSent", "nominationsProvincialPrimary", "nominationsProvincialReserve"),
    *("nominationsCentral", "nominationsInitial", "approvedInitial", "waitlistedInitial", "nominationsTotal"),
    *("remindersPerWave", "reminderMessages", "target", "nominations", "confirmed", "confirmedProvincial"),
    *("confirmedCentral", "waitlistRemaining", "withdrawn", "confirmedByRegion", "confirmedByGroup", "twice"),
    *("reportDue", "reportDueFiscalYear", "reminder5WorkingDaysBefore"),
    *("attended", "attendedProvincial", "attendedCentral", "attendedByRegion", "attendedByGroup", "noShow"),
    *("attendanceRatePct", "provinceCoverage", "provinceCoveragePct"),
    *("evaluations", "evaluationResponsePct", "reactionCounts", "reactionMean", "satisfiedPct"),
    *("certificates", "certificatePendingEvaluation"),
}


OF_POSTS = {
    "attended",
    "certificates",
    "headInPersonPct",
    "exOfficioNominations",
    "vacantPosts",
    "confirmedHeads",
    "confirmedActing",
    "calendarWarnings",
    "twice",
}
OF_APPLICATIONS = {
    *("applications", "warned", "rejected", "approvedInitial", "waitlistedInitial", "promotedFromWaitlist"),
    *("groups", "largestGroup", "smallestGroup", "ideas", "ideasWithIndicator", "awards", "refused"),
}
OF_RULES = {
    "attended",
    "certificates",
    "provinceCoverage",
    "seats.PROV_HEAD",
    "seats.PROV_K3",
    "buckets.PROV_K3",
    "waitlistedK3",
    "confirmedK3",
    "headsByRegion.SB",
    *("mofTrainingClass", "classARatioPct"),
    *("followUpTasks", "followUpDone", "followUpOverdue", "followUpPending", "followUpDonePct"),
}


def step(do: str, **words: Any) -> Raw:
    return {"do": do, **words}


def own(code: str, *steps: Raw, **expected: Any) -> Raw:
    """Another office and year, sessions on two days, four central seats and two for each provincial office."""
    sessions = [
        {"startsAt": "2022-03-15T09:00:00+07:00", "endsAt": "2022-03-15T12:00:00+07:00"},
        {"startsAt": "2022-03-14T09:00:00+07:00", "endsAt": "2022-03-14T16:30:00+07:00"},
    ]
    programme = {
        "code": code,
        "title": "หลักสูตรของอีกสำนักหนึ่ง",
        "kind": "TRAINING",
        "fiscalYear": 2565,
        "organiser": "DRI",
        "targetGroups": [
            {"key": "PROV_K3", "scope": "PROVINCIAL", "perUnit": 2, "levels": ["K3"]},
            {"key": "STAFF", "scope": "CENTRAL", "seats": 4},
        ],
        "runs": [{"capacity": 156, "sessions": sessions}],
    }
    return {"id": code.lower(), "programme": programme, "steps": list(steps), "expected": expected}


OPEN = step("open", at="D-45", expect={"seats.PROV_K3": 152, "seats.STAFF": 4, "buckets.PROV_K3": 76})
CENTRAL = (
    step("nominate", target="STAFF", people=3, rank="PRIMARY", expect={"nominationsCentral": 3}),
    step("apply", people=3, **{"from": "CENTRAL"}, expect={"applications": 3, "nominations.STAFF": 6}),
    step("approve", who="ALL", expect={"confirmed.STAFF": 4, "waitlistedSTAFF": 2}),
)
WITHDRAWN = step("withdraw", target="STAFF", state="CONFIRMED", count=2, expect={"promotedFromWaitlist": 2})


async def test_play_a(running: Edition, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    with running.client() as client, Journal(journal) as client.journal:
        played = await performed(bundled("A"), client, running.folder / "plays", Wish())
    assert differing(played) == []
    assert {line.name.partition(".")[0] for line in played.lines} == PLAYED
    verdict = await running.audit(journal)
    assert verdict.kept, [promise.line() for promise in verdict.promises] + verdict.p3.examples
    assert verdict.p2.counts["answers in the journal"] > 80
    assert verdict.p3.counts["mails"] > 100


@pytest.mark.parametrize(
    ("name", "compared"),
    [
        pytest.param("B", OF_POSTS, id="B"),
        pytest.param("C", OF_APPLICATIONS, id="C"),
        pytest.param("D", OF_RULES, id="D"),
    ],
)
async def test_the_other_plays(running: Edition, name: str, compared: set[str]) -> None:
    with running.client() as client:
        played = await performed(bundled(name), client, running.folder / "plays", Wish())
        assert (differing(played), [*played.fields]) == ([], [])
        assert {"confirmed", "remindersPerWave", *compared} <= {line.name for line in played.lines}
        if name == "B":  # a second play finds the posts as the first has left them
            played = await performed(bundled(name), client, running.folder / "plays", Wish(until="exOfficio"))
            assert differing(played) == []
            assert {"exOfficioNominations", "confirmedHeads", "confirmedActing"} <= {line.name for line in played.lines}


async def test_a_file_of_other_units_dates_and_words(running: Edition) -> None:
    """Seats of two provinces and of the pool; a person is exchanged, two leave, two follow, one waits in vain."""
    raw = own(
        "DRI-2565-009",
        OPEN,
        step("nominate", target="PROV_K3", units=["PO-96", "PO-11"], each=3, rank="PRIMARY"),
        *CENTRAL,
        step("substitute", unit="PO-96", state="CONFIRMED", count=1, expect={"confirmedK3": 4, "withdrawnK3": 1}),
        step("reject", who="ALL", expect={"rejected": 0}),
        WITHDRAWN,
        step("remind", at="2022-03-07T08:30:00+07:00", twice=True, expect={"remindersPerWave": 8}),
        step("remind", at="D-1", expect={"remindersPerWave": 8}),
        confirmed=8,
        confirmedCentral=4,
        confirmedProvincial=4,
        waitlistRemaining=2,
        withdrawn=3,
        nominations=13,
        reminderMessages=16,
        confirmedByRegion={"SB": 2, "C": 2},
    )
    with running.client() as client:
        assert differing(await performed(raw, client, running.folder / "plays", Wish())) == []


async def test_a_second_play_is_one_more_programme_with_people_of_its_own(running: Edition) -> None:
    raw = own("TWICE-2565-001", OPEN, *CENTRAL, confirmed=4, nominationRequestsSent=77)
    with running.client() as client:
        for _ in range(2):
            assert differing(await performed(raw, client, running.folder / "plays", Wish())) == []
        codes = await asyncio.to_thread(codes_of, client)
    assert {"TWICE-2565-001", "TWICE-2565-001-2"} <= codes


def codes_of(client: Client) -> set[str]:
    return {programme["code"] for programme in client.pages("/api/enrolment/programmes", EXECUTIVE)}


async def test_what_must_be_refused_and_what_is_done_twice(running: Edition) -> None:
    late = step("apply", people=2, **{"from": "CENTRAL"}, refused="run-started", expect={"applications": 3})
    raw = own(
        "REFUSED-2565-001",
        step("nominate", target="STAFF", people=1, rank="PRIMARY", refused="nomination-not-open"),
        step("open", at="D-45", twice=True),
        *({**words, "twice": True} for words in CENTRAL),
        {**WITHDRAWN, "twice": True},
        step("open", refused="programme-not-draft"),
        step("wait", at="2022-03-14T10:00:00+07:00"),
        late,
        confirmed=4,
        withdrawn=2,
    )
    with running.client() as client:
        played = await performed(raw, client, running.folder / "plays", Wish())
    assert differing(played) == []
    assert [line.actual for line in played.lines if line.name == "refused"] == [
        "nomination-not-open",
        "programme-not-draft",
        "run-started",
    ]
    assert [line.after for line in played.lines if line.name == "twice"] == [
        "step 2 (open)",
        "step 3 (nominate)",
        "step 4 (apply)",
        "step 5 (approve)",
        "step 6 (withdraw)",
    ]


async def test_a_wrong_number_another_refusal_and_none_at_all_are_told(running: Edition) -> None:
    raw = own(
        "WRONG-2565-001",
        OPEN,
        step("nominate", target="STAFF", people=3, rank="PRIMARY", refused="run-started"),
        step("open", refused="run-started"),
        step("approve", who="ALL", expect={"confirmed": 4}),
        confirmed=2,
    )
    with running.client() as client:
        played = await performed(raw, client, running.folder / "plays", Wish())
    assert differing(played) == [
        ("refused", "run-started", "3 accepted", "step 2 (nominate)"),
        ("refused", "run-started", "programme-not-draft", "step 3 (open)"),
        ("confirmed", 4, 3, "step 4 (approve)"),
        ("confirmed", 2, 3, "the end"),
    ]


async def test_a_step_that_is_refused_unexpectedly_ends_the_play_with_its_number(running: Edition) -> None:
    raw = own("ENDS-2565-001", step("nominate", target="STAFF", people=1, rank="PRIMARY"))
    few = own("FEW-2565-001", OPEN, step("withdraw", unit="PO-50", state="CONFIRMED", count=1))
    with running.client() as client:
        with pytest.raises(StepRefused, match=r"step 1 \(nominate\) was refused with nomination-not-open: "):
            await performed(raw, client, running.folder / "plays", Wish())
        with pytest.raises(
            StepRefused, match=r"step 2 \(withdraw\): 1 of CONFIRMED are to go in PO-50, where there are 0"
        ):
            await performed(few, client, running.folder / "plays", Wish())


async def test_a_field_that_the_service_does_not_know_is_left_out_only_when_asked_and_said(running: Edition) -> None:
    raw = own("FIELDS-2565-001", OPEN)
    raw["programme"] |= {"forms": ["REACTION"], "applications": {"perUnit": 2}}
    wrong = own("FIELDS-2565-002", OPEN)
    wrong["programme"] |= {"forms": ["REACTION"], "titel": "x"}
    with running.client() as client:
        with pytest.raises(CannotPlay, match=r"does not know .* of its programme yet; --as-far-as-possible"):
            await performed(raw, client, running.folder / "plays", Wish())
        assert {"applications"} == {*(await performed(raw, client, running.folder / "plays")).fields}
        with pytest.raises(Rejected, match="422"):
            await performed(wrong, client, running.folder / "plays")


class Cut(BaseException):
    """The process is gone."""


class CutOff(httpx.BaseTransport):
    """Sends requests until that many changed something; the answer to the last of them is lost."""

    def __init__(self, commands: int) -> None:
        self._left = commands
        self._real = httpx.HTTPTransport(verify=NO_TLS)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._real.handle_request(request)
        if request.method != "GET":
            self._left -= 1
            if self._left == 0:
                response.close()
                raise Cut()
        return response

    def close(self) -> None:
        self._real.close()


async def test_a_play_that_is_cut_off_again_and_again_goes_on_where_it_was(running: Edition) -> None:
    """After every few commands, so in every step; at last it is one programme with the numbers of a play in one go."""
    raw = own(
        "CUT-2565-001",
        step("open", at="D-45"),
        *({**words, "twice": True} for words in CENTRAL),
        WITHDRAWN,
        step("remind", at="D-7", twice=True, expect={"remindersPerWave": 4}),
        confirmed=4,
        withdrawn=2,
        nominations=6,
        reminderMessages=4,
    )
    diaries, cuts = running.folder / "cut", 0
    while True:
        transport = CutOff(5)
        with Client(running.url, Tokens(running.issuer.key), transport=transport) as client:
            try:
                played = await performed(raw, client, diaries, Wish())
            except Cut:
                cuts += 1
            else:
                break
    assert differing(played) == []
    assert cuts > 5
    with running.client() as client:
        codes = await asyncio.to_thread(codes_of, client)
    assert [code for code in codes if code.startswith("CUT-")] == ["CUT-2565-001"]
