"""Pure analysis over enriched records; it never names a source and never opens a file."""
