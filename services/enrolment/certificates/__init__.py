"""Certificates: who is due one by a programme's rule, their numbers, and what becomes of them.

Numbers of an organiser and fiscal year have no gap, and none is given twice. The face: nothing here is for another
feature yet. Pure; what reads and writes is handed over by the composition root.
"""
