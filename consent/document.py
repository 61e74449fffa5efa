"""The artefact as JSON: ReBIT's names inside ConsentDetail, ours (channel, party, sources) beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from consent.artefact import (
    INF,
    VERSION,
    Account,
    Artefact,
    Coverage,
    Detail,
    Entity,
    FetchType,
    Identifier,
    Mode,
    Moments,
    Purpose,
    Quantity,
)
from kit.errors import CallerError, NotFound
from kit.ident import CustomerId
from kit.period import Unit, isoformat_ist, parse_moment
from kit.scope import DataFilter
from kit.source import Channel

Doc = Mapping[str, object]
_SEALED = "sha256:"
_LEGACY_FI_TYPES = {"TERM-DEPOSIT": "TERM_DEPOSIT"}


def as_document(artefact: Artefact) -> dict[str, object]:
    """Write the artefact for the ledger, every ReBIT field included."""
    return {
        "ver": artefact.ver,
        "consentId": artefact.id,
        "txnid": artefact.txnid,
        "consentHandle": artefact.handle,
        "createTimestamp": isoformat_ist(artefact.created_at),
        "customerId": artefact.customer,
        "party": artefact.party,
        "channel": artefact.channel,
        "sources": [
            {"source": cover.source, "recordTypes": list(cover.record_types)} for cover in artefact.covers
        ],
        "ConsentDetail": detail_document(artefact.detail),
        "signedConsent": artefact.signed_consent,
    }


def sealed(artefact: Artefact, commit: Callable[[str], str]) -> Artefact:
    """Put commitments in the place of what identifies the customer, and a hash in that of the signed form."""
    if is_sealed(artefact):
        return artefact
    detail = artefact.detail
    closed = detail._replace(
        customer_vua=commit(detail.customer_vua),
        identifiers=tuple(one._replace(value=commit(one.value)) for one in detail.identifiers),
        accounts=tuple(
            one._replace(
                link_ref_number=commit(one.link_ref_number), masked_acc_number=commit(one.masked_acc_number)
            )
            for one in detail.accounts
        ),
    )
    signed_sha256 = hashlib.sha256(artefact.signed_consent.encode()).hexdigest()
    return artefact._replace(detail=closed, signed_consent=_SEALED + signed_sha256)


def identifiers(artefact: Artefact) -> tuple[tuple[str, str], ...]:
    """Name what identifies the customer in an artefact, with its value or the commitment in its place."""
    detail = artefact.detail
    found = [("Customer id", detail.customer_vua), *((one.type, one.value) for one in detail.identifiers)]
    for one in detail.accounts:
        found += [("linkRefNumber", one.link_ref_number), ("maskedAccNumber", one.masked_acc_number)]
    return tuple(found)


def is_sealed(artefact: Artefact) -> bool:
    """Say whether the identifiers of an artefact are commitments: no signed form begins like this."""
    return artefact.signed_consent.startswith(_SEALED)


def detail_document(detail: Detail) -> dict[str, object]:
    """Write the SignedConsentDetail alone: the payload that the aggregator signs."""
    return {
        "consentStart": isoformat_ist(detail.start),
        "consentExpiry": isoformat_ist(detail.expiry),
        "consentMode": detail.mode,
        "fetchType": detail.fetch_type,
        "consentTypes": list(detail.consent_types),
        "fiTypes": list(detail.fi_types),
        "DataConsumer": detail.consumer._asdict(),
        "DataProvider": detail.provider._asdict(),
        "Customer": {
            "id": detail.customer_vua,
            "Identifiers": [identifier._asdict() for identifier in detail.identifiers],
        },
        "Accounts": [_account_document(account) for account in detail.accounts],
        "Purpose": _purpose_document(detail.purpose),
        "FIDataRange": {"from": isoformat_ist(detail.range.first), "to": isoformat_ist(detail.range.last)},
        "DataLife": _quantity_document(detail.data_life),
        "Frequency": _quantity_document(detail.frequency),
        "DataFilter": [rule._asdict() for rule in detail.filters],
    }


def _purpose_document(purpose: Purpose) -> dict[str, object]:
    return {
        "code": str(purpose.code),
        "refUri": purpose.ref_uri,
        "text": purpose.text,
        "Category": {"type": purpose.category},
    }


def _account_document(account: Account) -> dict[str, object]:
    return {
        "fiType": account.fi_type,
        "fipId": account.fip_id,
        "accType": account.acc_type,
        "linkRefNumber": account.link_ref_number,
        "maskedAccNumber": account.masked_acc_number,
    }


def _quantity_document(quantity: Quantity) -> dict[str, object]:
    return {"unit": quantity.unit or "INF", "value": quantity.value}


def from_document(doc: Doc) -> Artefact:
    """Read what as_document wrote, or an artefact from elsewhere; what cannot be read is named by its attribute."""
    if _text(doc, "ver") != VERSION:
        raise NotFound(
            "NO_SUCH_VERSION", "The artefact is of a version this release does not know.", place="ver"
        )
    try:
        return Artefact(
            id=_text(doc, "consentId"),
            customer=CustomerId(_text(doc, "customerId")),
            party=_text(doc, "party"),
            channel=Channel(_text(doc, "channel")),
            covers=tuple(
                Coverage(_text(c, "source"), _texts(c, "recordTypes")) for c in _maps(doc, "sources")
            ),
            detail=_detail(_map(doc, "ConsentDetail")),
            handle=_text(doc, "consentHandle"),
            txnid=_text(doc, "txnid"),
            created_at=_moment(doc, "createTimestamp"),
            signed_consent=_text(doc, "signedConsent"),
        )
    except (ValueError, OverflowError):
        raise _unreadable("an enumerated value, a number or a time") from None


def _detail(doc: Doc) -> Detail:
    customer, span = _map(doc, "Customer"), _map(doc, "FIDataRange")
    return Detail(
        start=_moment(doc, "consentStart"),
        expiry=_moment(doc, "consentExpiry"),
        mode=Mode(_text(doc, "consentMode")),
        fetch_type=FetchType(_text(doc, "fetchType")),
        consent_types=_texts(doc, "consentTypes"),
        fi_types=tuple(_LEGACY_FI_TYPES.get(name, name) for name in _texts(doc, "fiTypes")),
        consumer=_entity(_map(doc, "DataConsumer")),
        provider=_entity(_map(doc, "DataProvider")),
        customer_vua=_text(customer, "id"),
        identifiers=tuple(
            Identifier(_text(i, "type"), _text(i, "value")) for i in _maps(customer, "Identifiers")
        ),
        purpose=_purpose(_map(doc, "Purpose")),
        range=Moments(_moment(span, "from"), _moment(span, "to")),
        data_life=_quantity(_map(doc, "DataLife")),
        frequency=_quantity(_map(doc, "Frequency")),
        filters=tuple(
            DataFilter(_text(f, "type"), _text(f, "operator"), _text(f, "value"))
            for f in _maps(doc, "DataFilter")
        ),
        accounts=tuple(map(_account, _maps(doc, "Accounts"))),
    )


def _entity(doc: Doc) -> Entity:
    return Entity(_text(doc, "id"), _text(doc, "type"))


def _purpose(doc: Doc) -> Purpose:
    category = _text(_map(doc, "Category"), "type")
    return Purpose(int(_text(doc, "code")), _text(doc, "refUri"), _text(doc, "text"), category)


def _account(doc: Doc) -> Account:
    keys = ("fiType", "fipId", "accType", "linkRefNumber", "maskedAccNumber")
    return Account(*(_text(doc, key) for key in keys))


def _quantity(doc: Doc) -> Quantity:
    value = doc.get("value")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unreadable("value")
    unit = _text(doc, "unit")
    return INF._replace(value=value) if unit == "INF" else Quantity(Unit(unit), value)


def _text(doc: Doc, key: str) -> str:
    value = doc.get(key)
    if isinstance(value, str):
        return value
    raise _unreadable(key)


def _texts(doc: Doc, key: str) -> tuple[str, ...]:
    values = doc.get(key)
    if isinstance(values, Sequence) and all(isinstance(value, str) for value in values):
        return tuple(str(value) for value in values)
    raise _unreadable(key)


def _map(doc: Doc, key: str) -> Doc:
    value = doc.get(key)
    if isinstance(value, Mapping):
        return value
    raise _unreadable(key)


def _maps(doc: Doc, key: str) -> tuple[Doc, ...]:
    values = doc.get(key, ())
    if isinstance(values, Sequence) and all(isinstance(value, Mapping) for value in values):
        return tuple(value for value in values if isinstance(value, Mapping))
    raise _unreadable(key)


def _moment(doc: Doc, key: str) -> datetime:
    return parse_moment(_text(doc, key))


def _unreadable(what: str) -> CallerError:
    return CallerError(
        "ARTEFACT_UNREADABLE",
        f"The consent artefact cannot be read: {what} is missing or of the wrong kind.",
        hint="Ask for another consent; an artefact cannot be repaired.",
        place=what,
    )
