"""What forms of a run have come to, in the report of the run."""

from collections.abc import Mapping

from services.reporting.answering import FormReport, RunReport, percentage
from services.reporting.answering.domain.suppression import is_small
from services.reporting.http.headings import Body
from shared.events.evaluation import FormKind

_NONE = FormReport(0, None, None, None, None)


def evaluation_counts(report: RunReport) -> Body:
    """Null where nothing is told."""
    forms: Mapping[str, FormReport] = report.forms
    pre, post = forms.get(FormKind.PRE, _NONE), forms.get(FormKind.POST, _NONE)
    reaction, transfer = forms.get(FormKind.REACTION, _NONE), forms.get(FormKind.TRANSFER, _NONE)
    return {
        **_responses(report, reaction),
        "reactionCounts": _counts(reaction),
        "reactionMean": reaction.mean,
        "satisfiedPct": reaction.satisfied,
        "preCounts": _counts(pre),
        "preMean": pre.mean,
        "postCounts": _counts(post),
        "postMean": post.mean,
        "gain": post.gain,
        "assessments": transfer.answers or None,
        "transferMean": transfer.mean,
    }


def _responses(report: RunReport, reaction: FormReport) -> Body:
    """Of few who have not answered an observer is told nothing."""
    took_part = report.sum.confirmed
    hidden = report.coarse and is_small(took_part - reaction.answers)
    told = bool(reaction.answers) and not hidden
    return {
        "evaluations": reaction.answers if told else None,
        "evaluationResponsePct": percentage(reaction.answers, took_part) if told else None,
    }


def _counts(form: FormReport) -> dict[str, int] | None:
    return None if form.counts is None else dict(form.counts)
