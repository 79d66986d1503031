"""Between the outside world and the log: the log itself, and everything that appends to it."""
