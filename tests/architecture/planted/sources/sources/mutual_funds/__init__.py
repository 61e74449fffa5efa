"""Planted: a source that declares another name than its folder."""

DECLARATION = dict(name="funds")
