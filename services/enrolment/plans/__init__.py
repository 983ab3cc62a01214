"""Development plans: what a person is to learn in a fiscal year, how and until when, agreed by the supervisor; and how
much of the target of days was reached.

The face: nothing here is for another feature yet. Pure; what reads and writes is handed over by the composition root.
"""
