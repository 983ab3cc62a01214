"""Workshop: the groups of a run's people, the ideas that come of them, what the jury says, and what became of an idea.

The face: nothing here is for another feature yet. Pure; what reads and writes is handed over by the composition root.
"""
