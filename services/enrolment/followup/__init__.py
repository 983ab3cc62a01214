"""Follow-up: what has to be done after a run, by whom and until when, what was reported, and what was given back.

Whether a task is overdue is never stored: it is told by the clock of its run when somebody asks. The face: nothing here
is for another feature yet. Pure; what reads and writes is handed over by the composition root.
"""
