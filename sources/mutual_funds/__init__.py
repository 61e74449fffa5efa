"""Mutual funds as ReBIT MUTUAL_FUNDS and SIP 1.0.0 tell them: an envelope, what is held, what was booked, and the plans.

Of 1.0.0 the names peers send are taken: costValue, maskedFolioNo, isinDescription, lockinUnits; those of the older schema
(investmentValue, lockingUnits) are read too. An ISIN is repaired where one number alone can have been meant. Units stand as thousandths, a NAV as ten-thousandths of a rupee.
Holdings and plans are a picture of the last day asked for and so have no day of their own: a NAV may be older than that.
The amount of a transaction is the money that moved: stamp duty is inside a purchase, transaction tax is off a sale.
"""

from __future__ import annotations

from kit.source import Channel, Declaration

DECLARATION = Declaration(
    name="mutual_funds",
    title="Mutual funds",
    standard="ReBIT MUTUAL_FUNDS 1.0.0",
    channels=(Channel.AA, Channel.DIRECT_UPLOAD),
    fi_types=("MUTUAL_FUNDS", "SIP"),
    record_types=("envelope", "holding", "transaction", "sip"),
    party_kinds=("entity", "proprietor", "partner", "director"),
)
