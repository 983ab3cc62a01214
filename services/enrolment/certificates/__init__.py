"""Certificates: who is due one by a programme's rule, their numbers, and what becomes of them.

Numbers of an organiser and fiscal year have no gap, and none is given twice. The face: all that another
feature may import. Pure; what reads and writes is handed over by the composition root.
"""

from services.enrolment.certificates.domain.certificates import Certificate, State

__all__ = ["Certificate", "State"]
