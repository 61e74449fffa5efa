"""Planted: a route with a hyphen."""

ROUTE = "/api/mutual-funds"
