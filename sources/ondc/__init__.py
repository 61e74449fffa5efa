"""Orders on the open network as the business's seller app holds them: one envelope, then one message per line.

A line is {"context": ..., "message": ...}: confirm, on_confirm, on_status, on_cancel and on_update of retail 1.2, recon of
the settlement framework 2.0 and the book of orders of the one before it. Moments are of London, amounts are texts with two
decimals. Any other message is held back by name: it tells neither an order nor a payout.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="ondc",
    title="ONDC orders",
    standard="ONDC RET 1.2.0 + RSF 2.0",
    channels=(Channel.ONDC,),
    fi_types=(),
    record_types=("envelope", "order", "settlement"),
    party_kinds=("entity", "proprietor"),
)
