"""What forms of a run have come to, in the report of the run."""

from collections.abc import Mapping

from services.reporting.answering import FormReport, RunReport
from services.reporting.answering.domain.suppression import is_small
from services.reporting.http.headings import Body
from shared.events.evaluation import FormKind
from shared.rounding import percentage

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
    """Of whoever attended, or, where nobody's attendance was recorded, has a seat. Of few who have not answered, or did
    not come, an observer is told nothing."""
    seated = report.sum.confirmed
    took_part = report.sum.attended if report.sum.recorded else seated
    hidden = report.coarse and (is_small(took_part - reaction.answers) or is_small(seated - took_part))
    told = bool(reaction.answers) and not hidden
    return {
        "evaluations": reaction.answers if told else None,
        "evaluationResponsePct": percentage(reaction.answers, took_part) if told else None,
    }


def _counts(form: FormReport) -> dict[str, int] | None:
    return None if form.counts is None else dict(form.counts)
