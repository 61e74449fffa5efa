"""One payout of the network as its collector tells it to the seller app: each order with what was taken off it."""

from __future__ import annotations

from datetime import datetime

from generators.payouts import Part, Settlement
from kit.chance import Stream
from kit.source import Document, Json
from sources.ondc._message import SELLER_APP, Seller, moment, network_id
from sources.ondc._quote import price


def reference(settlement: Settlement) -> str:
    """Name the transfer behind a payout."""
    day, number = settlement.on, settlement.document.rpartition("-")[2]
    return f"SA{day.year % 100:02d}{day.timetuple().tm_yday:03d}{int(number):06d}"


def recon(seller: Seller, settlement: Settlement, at: datetime, stream: Stream) -> Document:
    """Write the message."""
    chance = stream.branch("settlement", settlement.document)
    collector = f"{seller.payers[settlement.payer].domain}.example"
    written = moment(at)
    context: Json = {
        "domain": "ONDC:NTS10",
        "location": {"country": {"code": "IND"}, "city": {"code": "*"}},
        "version": "2.0.0",
        "action": "recon",
        "bap_id": collector,
        "bap_uri": f"https://{collector}/ondc",
        "bpp_id": SELLER_APP,
        "bpp_uri": f"https://{SELLER_APP}/ondc",
        "transaction_id": network_id(chance),
        "message_id": network_id(chance),
        "timestamp": written,
        "ttl": "P1D",
    }
    orders: list[Json] = [_order(seller, settlement, part, written) for part in settlement.parts]
    return {"context": context, "message": {"orders": orders}}


def _order(seller: Seller, settlement: Settlement, part: Part, written: str) -> Json:
    return {
        "id": seller.order_id(part.order),
        "amount": price(part.gross_paise),
        "settlements": [
            {
                "id": settlement.document,
                "payment_id": f"PM-{part.order:06d}",
                "status": "SETTLED",
                "amount": price(part.net_paise),
                "commission": price(part.fees_paise),
                "withholding_amount": price(0),
                "tcs": price(part.tcs_paise),
                "tds": price(part.tds_paise),
                "settlement_ref_no": reference(settlement),
                "updated_at": written,
            }
        ],
    }
