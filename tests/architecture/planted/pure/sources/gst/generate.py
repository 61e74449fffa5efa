"""Planted: chances of the hidden world may be floats."""

SHARE = 0.25
