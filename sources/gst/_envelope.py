"""The first line of an answer: who the taxpayer is, the days covered, and which returns were filed."""

from __future__ import annotations

from typing import NamedTuple
from zlib import crc32

from kit.ident import masked
from kit.source import Document, Json

VERSION, AA_VERSION, FI_TYPE = "GST3.2.3", "1.1.0", "GSTR1_3B"


class Taxpayer(NamedTuple):
    """A registration as the portal shows it; all but the name are empty where there is none."""

    gstin: str
    legal_name: str
    trade_name: str
    constitution: str
    type: str
    status: str
    registered_on: str


class Answer(NamedTuple):
    """The days an answer covers, empty where it covers none, and when it was sent."""

    first: str
    last: str
    sent_at: str


def official_envelope(known: Taxpayer, answer: Answer, schedule: list[Json]) -> Document:
    """Head an upload of the portal's own forms."""
    return {
        "kind": "envelope",
        "ver": VERSION,
        "gstin": known.gstin,
        "lgnm": known.legal_name,
        "tradeNam": known.trade_name,
        "ctb": known.constitution,
        "dty": known.type,
        "sts": known.status,
        "rgdt": known.registered_on,
        "from": answer.first,
        "to": answer.last,
        "sentAt": answer.sent_at,
        "filing": schedule,
    }


def carried_envelope(known: Taxpayer, answer: Answer) -> Document:
    """Head what an account aggregator carries."""
    return {
        "kind": "envelope",
        "fiType": FI_TYPE,
        "type": FI_TYPE.lower(),
        "version": AA_VERSION,
        "linkedAccRef": f"GST{crc32(known.gstin.encode()):010}" if known.gstin else "",
        "maskedGstinNumber": masked(known.gstin),
        "Profile": {
            "BusinessDetails": {
                "lgnm": known.legal_name,
                "trdnm": known.trade_name,
                "apprvdt": known.registered_on,
                "iscmp": "Y" if known.type == "Composition" else "N",
                "dty": known.type,
                "sts": known.status,
            }
        },
        "Transactions": {"strdt": answer.first, "endt": answer.last},
        "sentAt": answer.sent_at,
    }
