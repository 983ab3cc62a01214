"""The figures by name: unit, meaning, ceiling and target of each; and what a run of them gave. Measures nothing."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

PER_SECOND, MS, MB, SECONDS, TIMES = "per second", "ms", "MB", "s", "times"


@dataclass(frozen=True, slots=True)
class Target:
    """`at_least` or not more than `value`; `of_ceiling`: the value is for the ratio."""

    value: float
    at_least: bool = True
    of_ceiling: bool = False

    def reached(self, median: float, ratio: float | None) -> bool:
        measured = (ratio or 0.0) if self.of_ceiling else median
        return measured >= self.value if self.at_least else measured <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.value:g}{' × ceiling' if self.of_ceiling else ''}"


@dataclass(frozen=True, slots=True)
class Figure:
    unit: str
    meaning: str
    of: str | None = None
    target: Target | None = None


def at_most(value: float) -> Target:
    return Target(value, at_least=False)


def cpu(load: str, process: str) -> str:
    """The name of the figure that says what one command of a load costs a process."""
    return f"cpu_ms_{process.removesuffix('-0').replace('-', '_')}_{load}"


_MEANING_OF_CPU = "CPU time of a process per command, from the first request until everybody has read everything"

FIGURES: Mapping[str, Figure] = {
    "empty_post": Figure(
        PER_SECOND, "An empty POST of a bare FastAPI application, one uvicorn process, 256 connections"
    ),
    "bare_transaction": Figure(
        PER_SECOND, "The writes of a nomination without a service: 256 of them in one transaction after another"
    ),
    "raw_produce": Figure(
        PER_SECOND, "Records of a seat's event sent by aiokafka: idempotent, acks=all, 1,000 at once"
    ),
    "raw_consume": Figure(PER_SECOND, "The same records read by aiokafka, not even decoded"),
    "claims_hot_256": Figure(
        PER_SECOND,
        "Nominations confirmed in one bucket, 256 connections, no approval route; token, eligibility, idempotency, "
        "events and traces on, reporting beside it",
        "empty_post",
        Target(0.5, of_ceiling=True),
    ),
    "answer_p50_ms_hot_256": Figure(MS, "Time to the answer, in that load"),
    "answer_p99_ms_hot_256": Figure(MS, "Time to the answer, in that load"),
    "claims_hot_64": Figure(PER_SECOND, "The same with 64 connections", "empty_post"),
    "answer_p50_ms_hot_64": Figure(MS, "Time to the answer, in that load"),
    "answer_p99_ms_hot_64": Figure(MS, "Time to the answer, in that load"),
    "claims_hot_256_mailing": Figure(
        PER_SECOND, "claims_hot_256 with the notification service beside it, writing and sending mail", "claims_hot_256"
    ),
    "claims_77_256": Figure(
        PER_SECOND,
        "Nominations confirmed in the buckets of 76 provinces and of the central pool, 256 connections",
        "empty_post",
        Target(1300),
    ),
    "answer_p50_ms_77_256": Figure(MS, "Time to the answer, in that load"),
    "answer_p99_ms_77_256": Figure(MS, "Time to the answer, in that load"),
    "claims_77_8": Figure(PER_SECOND, "The same with 8 connections"),
    "answer_p50_ms_8": Figure(MS, "Time to the answer, in that load"),
    "answer_p99_ms_8": Figure(MS, "Time to the answer, in that load", target=at_most(50)),
    "approvals_per_s": Figure(
        PER_SECOND, "Approvals over 77 buckets with as many new nominations beside them, 256 connections", "empty_post"
    ),
    "opening_minute": Figure(
        PER_SECOND,
        "76 provinces at once, each with a token and a connection of its own: scenario A times 100, 7,600 nominations",
    ),
    "opening_minute_seconds": Figure(SECONDS, "From the first request of the 7,600 to the last answer"),
    "opening_minute_p99_ms": Figure(MS, "Time to the answer, in the opening minute"),
    "visible_p50_ms": Figure(
        MS,
        "From the HTTP answer of a nomination to the report that contains it (`after=`), at half of the peak",
        target=at_most(50),
    ),
    "visible_p99_ms": Figure(MS, "The same", target=at_most(150)),
    "visible_load_per_s": Figure(PER_SECOND, "The load beside those probes"),
    "projection_per_s": Figure(
        PER_SECOND, "Events that one new reporting process takes in from the log", "raw_consume", Target(5000)
    ),
    "rebuild_per_s": Figure(
        PER_SECOND, "Events of a rebuild while the old generation answers", "raw_consume", Target(10000)
    ),
    "two_replicas_different_runs": Figure(
        TIMES, "Nominations of two enrolment processes on a run each, over those of one", target=Target(1.3)
    ),
    "two_replicas_same_bucket": Figure(TIMES, "The same, both on one bucket"),
    "visible_beside_failing_p50_ms": Figure(
        MS, "From the answer of a nomination to its report, while the events of another run cannot be applied"
    ),
    "visible_beside_failing_p99_ms": Figure(MS, "The same"),
    "withdraw_waiting_p50_ms": Figure(MS, "A withdrawal from a bucket in which 20,000 wait"),
    "withdraw_waiting_p99_ms": Figure(MS, "The same"),
    "cancel_answer_ms": Figure(MS, "Cancelling a run with 30,000 confirmed people: to the answer"),
    "cancel_seconds": Figure(SECONDS, "The same: until a message to each of them is made"),
    "cancel_longest_block_ms": Figure(
        MS, "The same: the longest that notification took to answer /healthz meanwhile, the network included"
    ),
    "cancel_memory_mb": Figure(MB, "The same: what notification's resident memory has grown by at most"),
    "audit_seconds_per_million": Figure(SECONDS, "The whole of `pattana audit`, per million events in the outboxes"),
    "audit_memory_mb": Figure(MB, "The same: the most resident memory of its process"),
    "inbox_p50_ms": Figure(MS, "A page of a province's inbox, with a million messages to all provinces"),
    "inbox_p99_ms": Figure(MS, "The same"),
    "coverage_p50_ms": Figure(MS, "A province's coverage of the newest year, with a million buckets of five years"),
    "coverage_p99_ms": Figure(MS, "The same"),
    "check_ins_per_s": Figure(
        PER_SECOND, "People of one run who are checked in, each in a request of its own, by 16 officers at once"
    ),
    "check_ins_two_replicas_per_s": Figure(PER_SECOND, "The same, eight of the officers with each of two replicas"),
    "attendance_visible_p50_ms": Figure(
        MS, "From the answer of a check-in to the report that contains it (`after=`), four officers at once"
    ),
    "attendance_visible_p99_ms": Figure(MS, "The same"),
    "upload_thousand_ms": Figure(
        MS, "One upload of a device with 1,000 records of 1,000 people, none recorded before", target=at_most(1_000)
    ),
    "upload_again_ms": Figure(MS, "The same upload again, which changes nothing"),
    "upload_crowd_seconds": Figure(
        SECONDS, "100 devices of one run that upload 100 records each at once, of 1,000 people", target=at_most(60)
    ),
    "people_list_p50_ms": Figure(MS, "A page of the list of people, 500,000 of them, as officers turn it"),
    "people_list_p99_ms": Figure(MS, "The same", target=at_most(100)),
    "people_search_p50_ms": Figure(MS, "The first page of people found by a part of a name, among 500,000"),
    "people_search_p99_ms": Figure(MS, "The same", target=at_most(100)),
    "nominations_search_p50_ms": Figure(MS, "Nominations found by a part of a name, in a run of 5,000, among 500,000"),
    "nominations_search_p99_ms": Figure(MS, "The same", target=at_most(100)),
    "erasure_p50_ms": Figure(MS, "Erasing a person, with a million rows of others in the outbox"),
    "erasure_p99_ms": Figure(MS, "The same"),
    "certificates_per_core": Figure(
        PER_SECOND, "Certificates made as PDF, per second of processor time", target=Target(25)
    ),
    "import_alone_per_s": Figure(PER_SECOND, "People imported from a file of 2,000 new ones"),
    "import_per_s": Figure(PER_SECOND, "The same, while somebody nominates one person after another"),
    "beside_import_p99_ms": Figure(MS, "The same: time to the answer of a nomination", target=at_most(500)),
    "import_large_seconds": Figure(SECONDS, "A file of 100,000 new people", target=at_most(60)),
    "import_large_memory_mb": Figure(MB, "The same: the most resident memory of enrolment", target=at_most(300)),
    "import_large_command_memory_mb": Figure(MB, "The same: the most resident memory of `pattana import people`"),
    "memory_mb": Figure(MB, "Resident memory at rest of the largest service process", target=at_most(120)),
    "memory_mb_enrolment": Figure(MB, "Resident memory at rest"),
    "memory_mb_notification": Figure(MB, "Resident memory at rest"),
    "memory_mb_reporting": Figure(MB, "Resident memory at rest"),
    "memory_embedded_mb": Figure(
        MB,
        "Resident memory of all processes of `pattana up --empty`, shared pages counted often",
        target=at_most(1228.8),
    ),
    "claims_secantusdb": Figure(
        PER_SECOND, "claims_hot_256 with SecantusDB as the database", "empty_post", Target(300)
    ),
    "answer_p50_ms_secantusdb": Figure(MS, "Time to the answer, in that load"),
    "answer_p99_ms_secantusdb": Figure(MS, "Time to the answer, in that load"),
    "import_alone_per_s_secantusdb": Figure(PER_SECOND, "import_alone_per_s with SecantusDB as the database"),
    "import_per_s_secantusdb": Figure(PER_SECOND, "import_per_s with SecantusDB as the database", target=Target(500)),
    "beside_import_p99_ms_secantusdb": Figure(MS, "The same: time to the answer of a nomination", target=at_most(500)),
    "claims_embedded": Figure(
        PER_SECOND,
        "Nominations confirmed by the whole embedded edition, writing and sending mail, one bucket, 64 connections",
    ),
    "answer_p99_ms_embedded": Figure(MS, "Time to the answer, in that load"),
}


def figure(name: str) -> Figure:
    """Also of the figures of CPU time, whose names follow from the processes."""
    return Figure(MS, _MEANING_OF_CPU) if name.startswith("cpu_ms_") else FIGURES[name]


@dataclass
class Results:
    """Every figure's value of each run."""

    runs: dict[str, list[float]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            self.runs.setdefault(name, []).append(value)

    def median(self, name: str | None) -> float | None:
        runs = self.runs.get(name or "")
        return statistics.median(runs) if runs else None

    def ratio(self, name: str) -> float | None:
        """Of the ceiling that was measured in the same run, if it was."""
        ceiling, median = self.median(figure(name).of), self.median(name)
        return None if not ceiling or median is None else median / ceiling

    def names(self) -> Iterable[str]:
        """In the order of the table above, what is not in it last."""
        known = [name for name in FIGURES if name in self.runs]
        return [*known, *sorted(set(self.runs) - set(known))]

    def as_json(self) -> dict[str, dict[str, Any]]:
        return {name: self._one(name) for name in self.names()}

    def _one(self, name: str) -> dict[str, Any]:
        ratio = self.ratio(name)
        return {
            "median": _short(statistics.median(self.runs[name])),
            "runs": [_short(value) for value in self.runs[name]],
            "unit": figure(name).unit,
            "ratio": None if ratio is None else round(ratio, 3),
            "of": None if ratio is None else figure(name).of,
        }


def _short(value: float) -> float:
    return round(value, 3 if value < 10 else 1)
