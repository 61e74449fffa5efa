"""Values and contracts that every other package shares; no I/O, and nothing of ours is imported here."""
