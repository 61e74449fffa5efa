"""Planted: part of a tree that breaks the import rules."""
