"""Planted: a world that knows a source."""

import sources.bank

WORLD = sources.bank
