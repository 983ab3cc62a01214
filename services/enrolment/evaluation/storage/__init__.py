"""Evaluation in the database: alone knows its documents. What one person has said is sealed or not there at all."""

from services.enrolment.evaluation.storage.asking import AskingStore
from services.enrolment.evaluation.storage.bank import Bank
from services.enrolment.evaluation.storage.evaluations import Evaluations
from services.enrolment.evaluation.storage.people import Respondents
from services.enrolment.evaluation.storage.specs import COLLECTIONS
from services.enrolment.evaluation.storage.texts import Texts

__all__ = ["COLLECTIONS", "AskingStore", "Bank", "Evaluations", "Respondents", "Texts"]
