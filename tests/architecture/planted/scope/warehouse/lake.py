"""Planted: a lake that answers to a name."""

from kit.ident import CustomerId


class Lake:
    def lines(self, customer_id: str) -> list[bytes]:
        return []

    def peek(self, *, whose: CustomerId) -> bytes:
        return b""

    def withdraw(self, customer: CustomerId, consent_id: str) -> None: ...
