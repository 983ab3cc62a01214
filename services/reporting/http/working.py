"""The groups of a run and what has come of its ideas, in the report of the run."""

from services.reporting.answering import RunReport
from services.reporting.answering.domain.suppression import is_small
from services.reporting.http.headings import Body


def workshop_counts(report: RunReport) -> Body:
    """Null where nobody has made groups, or where they are not told. An observer is told no size where one is small:
    the others would give it away."""
    work = report.workshop
    sizes = work.sizes if work is not None else ()
    told = bool(sizes) and not (report.coarse and any(is_small(size) for size in sizes))
    return {
        "groups": len(sizes) or None,
        "largestGroup": max(sizes) if told else None,
        "smallestGroup": min(sizes) if told else None,
        "ideas": None if work is None else work.ideas,
        "ideasWithIndicator": None if work is None else work.with_indicator,
        "awards": None if work is None else work.awards,
        "adoptions": None if work is None else work.adoptions,
    }
