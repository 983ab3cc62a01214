"""P5 for programmes, runs and units in the report, and for the messages that events of runs led to."""

from collections.abc import Mapping, Sequence

from pattana.audit.asked import messages_for
from pattana.audit.documents import ENROLMENT
from pattana.audit.history import Kind
from pattana.audit.ledger import Known
from pattana.audit.outboxes import Outboxes
from pattana.audit.projection import Mailbox, Reports
from pattana.audit.reports import description_differences
from pattana.audit.verdict import Verdict
from services.notification.reacting import CONSUMER
from shared.mongo import Database

AT_ONCE = 100


async def check_described(
    reports: Reports, databases: Mapping[str, Database], outboxes: Outboxes, verdict: Verdict
) -> None:
    """All of them, each at the position of its consumer."""
    for kind in (Kind.PROGRAMME, Kind.RUN, Kind.UNIT, Kind.EVALUATION, Kind.ISSUE):
        for known in outboxes.ledger.pages(ENROLMENT, kind):
            for start in range(0, len(known), AT_ONCE):
                part = known[start : start + AT_ONCE]
                await _check_part(reports, outboxes, kind, part, verdict)
                if kind is Kind.RUN:
                    await _check_requests(Mailbox(databases), outboxes, part, verdict)


async def _check_part(
    reports: Reports, outboxes: Outboxes, kind: Kind, known: Sequence[Known], verdict: Verdict
) -> None:
    check = verdict["descriptions"]
    last, documents = await reports.described(kind, [one.aggregate for one in known])
    for one in known:
        verdict.behind(reports.consumer, one.last - last.get(one.aggregate, 0))
        if one.aggregate in documents and one.aggregate not in last:
            check.broken(f"report of {kind} {one.aggregate} is there, its consumer has seen no event")
    for key, events in (await outboxes.short(ENROLMENT, last)).items():
        left_out = await reports.discarded(key)
        if any(stored.event is None for stored in events):
            check.could_not("descriptions with events that cannot be read here")
            continue
        applied = [stored.event for stored in events if stored.seq not in left_out]
        if applied:
            check.all_broken(description_differences(f"{kind} {key}", documents.get(key), applied))
    check.count(f"{kind}s", len(last))


async def _check_requests(mailbox: Mailbox, outboxes: Outboxes, known: Sequence[Known], verdict: Verdict) -> None:
    check = verdict["requests"]
    last = await mailbox.last_of([one.aggregate for one in known])
    for one in known:
        verdict.behind(CONSUMER, one.last - last.get(one.aggregate, 0))
    messages: dict[str, str] = {}
    for run, events in (await outboxes.short(ENROLMENT, last)).items():
        left_out = await mailbox.discarded(run)
        for stored in events:
            if stored.event is not None and stored.seq not in left_out:
                messages.update(messages_for(run, stored.seq, stored.event))
    check.count("messages", len(messages))
    for key in await mailbox.missing(messages):
        check.broken(f"message {key} was never made: {messages[key]}")
