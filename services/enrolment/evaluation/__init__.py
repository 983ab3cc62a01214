"""Evaluation: the question bank, forms of a run, who has answered, and results in batches of five or more.

An answer to an anonymous form leads back to nobody (ADR 37). The face: all that another feature may import. Pure; what
reads and writes is handed over by the composition root (`service/evaluation.py` says who has answered).
"""

from services.enrolment.evaluation.domain.forms import ANONYMOUS
from shared.events.evaluation import FormKind

__all__ = ["ANONYMOUS", "FormKind"]
