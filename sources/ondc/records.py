"""What a clean line of the open network is: an envelope, an order as one message tells it, a payout with its orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple, cast

from kit.markers import OneOf, Whole
from kit.recorded import (
    Day,
    Graded,
    MaybeDay,
    MaybeSignedPaise,
    MaybeWords,
    Paise,
    PartyId,
    RecordId,
    SignedPaise,
    Words,
    day_of,
    moment_of,
    raw_ref,
)
from kit.source import RawRef

ACTIONS = ("confirm", "on_confirm", "on_status", "on_cancel", "on_update")
STATES = ("Created", "Accepted", "In-progress", "Completed", "Cancelled")
DELIVERY_STATES = (
    "Pending",
    "Packed",
    "Agent-assigned",
    "At-pickup",
    "Out-for-pickup",
    "Pickup-failed",
    "Order-picked-up",
    "In-transit",
    "At-destination-hub",
    "At-delivery",
    "Out-for-delivery",
    "Delivery-failed",
    "Order-delivered",
    "Cancelled",
)
BACK_STATES = (
    "Cancelled",
    "Return_Initiated",
    "Return_Approved",
    "Return_Picked",
    "Return_Pick_Failed",
    "Return_Delivered",
    "Return_Rejected",
    "Liquidated",
    "RTO-Initiated",
    "RTO-Delivered",
    "RTO-Disposed",
)
WAY_TYPES = ("Delivery", "Self-Pickup", "Buyer-Delivery", "Cancel", "Return", "RTO")
LINE_TYPES = ("item", "delivery", "packing", "tax", "tax_f", "misc", "discount", "discount_f", "offer")
TRANSFERS = ("neft", "rtgs", "upi", "credit", "netbanking", "wallet", "card", "paylater")
PAYMENT_TYPES = ("ON-ORDER", "ON-FULFILLMENT", "POST-FULFILLMENT")
PAYMENT_STATUSES = ("PAID", "NOT-PAID")
SETTLED = ("SETTLED", "NOT_SETTLED", "PENDING", "TO_BE_INITIATED")

MaybeCount = Annotated[int | None, Whole(minimum=0)]


class Piece(NamedTuple):
    """One item of an order, by the way it goes: with the delivery, or back."""

    item: MaybeWords
    fulfillment: MaybeWords
    pieces_n: MaybeCount


class Way(NamedTuple):
    """One way goods go, out or back, and how far they are."""

    fulfillment: MaybeWords
    type: Annotated[str | None, OneOf(*WAY_TYPES)]
    state: Annotated[str | None, OneOf(*sorted({*DELIVERY_STATES, *BACK_STATES}))]
    is_tracked: bool | None


class Line(NamedTuple):
    """One line of a quote."""

    type: Annotated[str | None, OneOf(*LINE_TYPES)]
    item: MaybeWords
    title: MaybeWords
    pieces_n: MaybeCount
    paise: MaybeSignedPaise


class Off(NamedTuple):
    """One line of what was taken off a quote; what goes from the buyer's bill is negative."""

    type: MaybeWords
    item: MaybeWords
    paise: MaybeSignedPaise


class Share(NamedTuple):
    """One order's share of a payout: its value, what was taken off, and what was paid."""

    order: Words
    gross_paise: MaybeSignedPaise
    paid_paise: SignedPaise
    fees_paise: MaybeSignedPaise
    withheld_paise: MaybeSignedPaise
    tcs_paise: MaybeSignedPaise
    tds_paise: MaybeSignedPaise
    settlement: MaybeWords
    payment: MaybeWords
    status: Annotated[str | None, OneOf(*SETTLED)]
    reference: MaybeWords


@dataclass(frozen=True, slots=True)
class Envelope:
    """One answer of a seller app: for whom, and which days it covers; no days means nothing is held there."""

    id: RecordId
    kind: Annotated[str, OneOf("envelope")]
    party: PartyId
    on: MaybeDay
    raw: RawRef
    seller_app: MaybeWords
    provider: MaybeWords
    name: MaybeWords
    pan: MaybeWords
    pan_grade: Graded
    tax_number: MaybeWords
    tax_number_grade: Graded
    masked_number: MaybeWords
    covered_from: MaybeDay
    covered_to: MaybeDay
    sent_at: datetime | None
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Order:
    """An order as one message tells it; the buyer is known by a digest of the telephone number alone."""

    id: RecordId
    kind: Annotated[str, OneOf("order")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    action: Annotated[str, OneOf(*ACTIONS)]
    transaction: MaybeWords
    message: MaybeWords
    domain: MaybeWords
    buyer_app: MaybeWords
    order: Words
    provider: MaybeWords
    state: Annotated[str, OneOf(*STATES)]
    delivery_state: Annotated[str | None, OneOf(*DELIVERY_STATES)]
    back_type: Annotated[str | None, OneOf("Cancel", "Return", "RTO")]
    back_state: Annotated[str | None, OneOf(*BACK_STATES)]
    ways: tuple[Way, ...]
    pieces: tuple[Piece, ...]
    price_paise: SignedPaise
    lines: tuple[Line, ...]
    trail: tuple[Off, ...]
    payment_type: Annotated[str | None, OneOf(*PAYMENT_TYPES)]
    payment_status: Annotated[str | None, OneOf(*PAYMENT_STATUSES)]
    collected_by: Annotated[str | None, OneOf("BAP", "BPP")]
    paid_paise: MaybeSignedPaise
    fee_type: Annotated[str | None, OneOf("percent", "amount")]
    fee: MaybeWords
    withheld_paise: MaybeSignedPaise
    settlement_basis: Annotated[
        str | None, OneOf("delivery", "shipment", "return_window_expiry", "Collection")
    ]
    settlement_window: MaybeWords
    settlement_type: Annotated[str | None, OneOf(*TRANSFERS)]
    masked_number: MaybeWords
    tax_number: MaybeWords
    tax_number_grade: Graded
    cancelled_by: MaybeWords
    reason: MaybeWords
    buyer: MaybeWords
    area: MaybeWords
    created_at: datetime | None
    updated_at: datetime | None
    extra: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Settlement:
    """One payout: money that reached the account, with the orders it is for."""

    id: RecordId
    kind: Annotated[str, OneOf("settlement")]
    party: PartyId
    on: Day
    raw: RawRef
    at: datetime
    direction: Annotated[str, OneOf("CREDIT", "DEBIT")]
    amount_paise: Paise
    collector: MaybeWords
    transaction: MaybeWords
    message: MaybeWords
    shares: tuple[Share, ...]
    extra: Mapping[str, str]


OndcRecord = Envelope | Order | Settlement
KINDS: Mapping[str, type] = {"envelope": Envelope, "order": Order, "settlement": Settlement}
_DAYS = ("on", "covered_from", "covered_to")
_MOMENTS = ("at", "sent_at", "created_at", "updated_at")
_PARTS: Mapping[str, type] = {"ways": Way, "pieces": Piece, "lines": Line, "trail": Off, "shares": Share}


def read(document: Mapping[str, object]) -> OndcRecord:
    """Turn one clean line back into its record; a clean line has passed its schema."""
    known = dict(document)
    known["raw"] = raw_ref(known["raw"])
    known |= {name: day_of(known[name]) for name in _DAYS if name in known}
    known |= {name: moment_of(known[name]) for name in _MOMENTS if name in known}
    for name, part in _PARTS.items():
        if name in known:
            rows = cast("list[dict[str, object]]", known[name])
            known[name] = tuple(part(**row) for row in rows)
    record: OndcRecord = KINDS[str(document["kind"])](**known)
    return record
