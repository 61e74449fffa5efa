"""Planted: a read that trusts an id."""

from kit.ident import CustomerId
from kit.scope import Scope


def records(customer: CustomerId, source: str) -> list[bytes]:
    return []


def allowed(scope: Scope, customer: CustomerId) -> list[bytes]:
    return []
