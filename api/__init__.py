"""The service: one face of the same calls the command line makes; no business rule lives here."""
