"""Planted: one of the files of an uneven source."""
