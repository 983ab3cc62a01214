"""Paper: official letters, orders and lists of a run, made when they are asked for and kept nowhere.

The face: nothing here is for another feature yet. Pure; what reads and writes is handed over by the composition root.
"""
