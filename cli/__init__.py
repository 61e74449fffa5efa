"""The command line: one of two faces of the same calls, with no business rule of its own."""
