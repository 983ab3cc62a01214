"""What consumers made of certificates: the valid ones in the report, and the messages about them.

Registers have nothing to do with runs, so positions of all registers are read before their events, and what the report
has after them: a run of which something came in between is left to the next audit.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pattana.audit.asked import messages_for
from pattana.audit.documents import REPORTING
from pattana.audit.outboxes import Outboxes, Stored
from pattana.audit.pages import pages
from pattana.audit.projection import Mailbox, Reports
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from services.reporting.projecting import CERTIFIED
from services.reporting.storage.documents import field_name
from shared.events.certificates import CertificateFact, CertificateIssued
from shared.events.seats import bucket_id
from shared.mongo import Database


@dataclass(slots=True)
class Certified:
    """Pure. Valid certificates by bucket and place, as far as the report had come (`reported`, by register); `late` are
    runs of which it may know more since."""

    reported: Mapping[str, int]
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)

    def take(self, series: str, seq: int, event: CertificateFact) -> None:
        if seq > self.reported.get(series, 0):
            self.late.add(event.run)
            return
        place = field_name(event.place.unit, event.place.province, event.place.group, event.place.region)
        bucket = bucket_id(event.run, event.target, event.bucket_unit)
        self.counts.setdefault(bucket, Counter())[place] += 1 if isinstance(event, CertificateIssued) else -1

    def differences(self, document: Mapping[str, Any]) -> Iterator[str]:
        """Of a bucket in the report; it is not looked at again."""
        cells = document.get("cells", {})
        found = Counter({place: counts[CERTIFIED] for place, counts in cells.items() if CERTIFIED in counts})
        yield from self._compared(document["_id"], self.counts.pop(document["_id"], Counter()), found)

    def left(self) -> Iterator[str]:
        """What no document of the report has."""
        for bucket, expected in sorted(self.counts.items()):
            yield from self._compared(bucket, expected, Counter())

    def _compared(self, bucket: str, expected: Counter[str], found: Counter[str]) -> Iterator[str]:
        if bucket.partition(":")[0] in self.late:
            return
        for place in sorted(expected.keys() | found.keys()):
            if expected[place] != found[place]:
                yield f"report of bucket {bucket}: {place} counts {found[place]} {CERTIFIED}, not {expected[place]}"


class Followers:
    """Both consumers. Made before the registers are read."""

    def __init__(
        self, outboxes: Outboxes, verdict: Verdict, mailbox: Mailbox, reports: Reports, last: Mapping[str, Any]
    ) -> None:
        self._outboxes = outboxes
        self._verdict = verdict
        self._mailbox = mailbox
        self._reports = reports
        self._notified: Mapping[str, int] = last["notified"]
        self._certified = Certified(last["reported"])

    @classmethod
    async def read(
        cls, databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict, series: Sequence[str]
    ) -> "Followers":
        mailbox, reports = Mailbox(databases), await Reports.answering(databases[REPORTING])
        last = {"notified": await mailbox.last_of(series), "reported": await reports.last_of(series)}
        return cls(outboxes, verdict, mailbox, reports, last)

    async def take(self, series: str, events: Sequence[Stored]) -> None:
        """A page of events of a register, in order."""
        messages: dict[str, str] = {}
        for stored in events:
            if isinstance(stored.event, CertificateFact):
                self._certified.take(series, stored.seq, stored.event)
                if stored.seq <= self._notified.get(series, 0):
                    messages |= messages_for(series, stored.seq, stored.event)
        check = self._verdict["requests"]
        check.count("messages", len(messages))
        left_out = await self._mailbox.discarded(series)
        if left_out and messages:
            check.could_not("messages of registers of which something was discarded", len(messages))
            return
        for key in await self._mailbox.missing(messages):
            check.broken(f"message {key} was never made: {messages[key]}")

    async def end(self, lasts: Mapping[str, int]) -> None:
        """Compares the report. `lasts`: how far each register was read."""
        check = self._verdict["certified"]
        for series, last in lasts.items():
            self._verdict.behind(self._reports.consumer, last - self._certified.reported.get(series, 0))
            self._verdict.behind(CONSUMER, last - self._notified.get(series, 0))
            if await self._reports.discarded(series):
                check.could_not("reports of registers of which something was discarded")
                return
        differing = [
            difference
            async for page in pages(self._reports.collection("attendance"))
            for document in page
            for difference in self._certified.differences(document)
        ]
        differing += self._certified.left()
        if await self._moved(lasts) or not await self._reports.still_answers():
            check.could_not("reports: certificates were issued meanwhile", bool(differing))
            return
        check.count("registers", len(lasts))
        check.all_broken(differing)

    async def _moved(self, lasts: Mapping[str, int]) -> bool:
        """Whether the report has taken what was not read."""
        now = await self._reports.last_of(list(lasts))
        return any(seq > lasts[series] for series, seq in now.items())
