"""Training for visitors: one run at a time in a process of its own, the others in a queue."""
