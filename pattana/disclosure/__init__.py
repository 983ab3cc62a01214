"""Who may see what: one literal table of every field of every answer, written down once for people and for the test.

docs/rights.md is written from it, and tests/integration/rights asks a whole system as everybody and compares. It knows
the services by their HTTP API; how each of them keeps to it is its own matter.
"""

from pattana.disclosure.answers import Answer, Fields, Reach, Who
from pattana.disclosure.attendance import ATTENDANCE
from pattana.disclosure.certificates import CERTIFICATES
from pattana.disclosure.enrolment import ENROLMENT
from pattana.disclosure.evaluation import EVALUATION
from pattana.disclosure.followup import FOLLOW_UP
from pattana.disclosure.notification import NOTIFICATION
from pattana.disclosure.offers import OFFERS
from pattana.disclosure.operations import OPERATIONS
from pattana.disclosure.papers import PAPERS
from pattana.disclosure.personal import PERSONAL
from pattana.disclosure.plans import PLANS
from pattana.disclosure.problems import DETAILS, PROBLEM
from pattana.disclosure.releases import RELEASES
from pattana.disclosure.reporting import REPORTING
from pattana.disclosure.workshop import WORKSHOP

ANSWERS = (
    *ENROLMENT,
    *ATTENDANCE,
    *WORKSHOP,
    *CERTIFICATES,
    *EVALUATION,
    *FOLLOW_UP,
    *PAPERS,
    *PLANS,
    *OFFERS,
    *RELEASES,
    *REPORTING,
    *NOTIFICATION,
    *OPERATIONS,
    *PERSONAL,
    PROBLEM,
)

__all__ = ["ANSWERS", "DETAILS", "PROBLEM", "Answer", "Fields", "Reach", "Who"]
