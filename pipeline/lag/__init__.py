"""How far the readers of the topics are behind, seen from outside the workers.

Nothing here asks a worker: offsets, members and records come from the brokers, so that a worker
that hangs cannot hide.
"""
