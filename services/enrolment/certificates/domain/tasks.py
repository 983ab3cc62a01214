"""The issue of what is due in a run, page by page. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.events.certificates import CertificateIssueEnded, Lack

MOST_PER_PAGE = 200


@dataclass(frozen=True, slots=True)
class Issue:
    """`after`: the nomination behind which it goes on; None: it is done. `seen` have a seat, `issued` have got one now,
    `held` had one before, and `lacking` says what the others lack. `round` counts requests, `version` steps. `seq` is
    the sequence of its last event, `reached` that of the last one in each register that it has written to: nothing
    before the request is in there. `again`: asked for once more while it was under way."""

    run: str
    by: str
    requested_at: datetime
    after: str | None = ""
    seen: int = 0
    issued: int = 0
    held: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)
    finished_at: datetime | None = None
    round: int = 1
    version: int = 1
    seq: int = 0
    reached: Mapping[str, int] = field(default_factory=dict)
    again: bool = False

    @property
    def running(self) -> bool:
        return self.after is not None


def requested(before: Issue | None, run: str, by: str, at: datetime) -> Issue:
    """One that is under way is joined. Whose page it has passed it would miss who is due by now, so it begins once more
    at its end, however often it was asked for; a page that is looked at meanwhile is looked at anew."""
    if before is None:
        return Issue(run, by, at)
    if before.running and before.again:
        return before
    if before.running:
        return replace(before, again=before.after != "", version=before.version + 1)
    return Issue(run, by, at, round=before.round + 1, version=before.version + 1, seq=before.seq)


def went_on(
    issue: Issue,
    last: str | None,
    counts: Mapping[str, int],
    lacking: Mapping[str, int],
    at: datetime,
    reached: Mapping[str, int],
) -> Issue:
    """After a page that ended with the nomination `last`; None: it was the last one, and an event says so."""
    together = dict(issue.lacking)
    for what, many in lacking.items():
        together[what] = together.get(what, 0) + many
    return replace(
        issue,
        after=last,
        seen=issue.seen + counts["seen"],
        issued=issue.issued + counts["issued"],
        held=issue.held + counts["held"],
        lacking=together,
        finished_at=None if last is not None else at,
        version=issue.version + 1,
        seq=issue.seq + (last is None),
        reached={**issue.reached, **reached},
    )


def once_more(issue: Issue) -> Issue:
    """After the end, if it was asked for meanwhile: another round, which has come at least as far."""
    if not issue.again:
        return issue
    return Issue(
        issue.run,
        issue.by,
        issue.requested_at,
        round=issue.round + 1,
        version=issue.version,
        seq=issue.seq,
        reached=issue.reached,
    )


def ended(issue: Issue, programme: str, fiscal_year: int) -> CertificateIssueEnded:
    """Of one that is done."""
    return CertificateIssueEnded(
        programme=programme,
        run=issue.run,
        fiscal_year=fiscal_year,
        seats=issue.seen,
        issued=issue.issued,
        held=issue.held,
        lacking=tuple(Lack(what=what, people=people) for what, people in sorted(issue.lacking.items())),
    )
