"""The certificate of an erasure: what went, when and why, and what stays; signed, and checked without this house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, JSONDecodeError, dumps, loads

from consent._proof import Jwk, flaw
from consent._store import Consent
from consent._tally import Tally
from kit import canonical
from kit.errors import CallerError, NotFound
from warehouse.ledger import Tx

KIND = "erasure"
_SAID = (
    *(
        "certificate_id",
        "customer",
        "consent_id",
        "party",
        "purpose",
        "reason",
        "asked_at",
        "done_at",
        "remains",
    ),
    *("deliveries_n", "files_n", "objects_n", "objects_sha256", "kinds"),
)

_ENDED = (
    "the consent artefact",
    "It shows what was agreed to. The identifiers in it are replaced by salted commitments, its signed form by the"
    " SHA-256 of it.",
)
_STANDING = (
    "the consent artefact, as it was signed",
    "The consent allows further fetches, each with a life of its own.",
)
_OTHERS = (
    "what other consents of this customer hold",
    "Each consent keeps its own data, until it ends.",
)
_PROOFS = (
    (
        "the audit log",
        "It shows who did what and when. It holds salted commitments and no value of the customer's data.",
    ),
    (
        "a tombstone",
        "Ids, times and the hash of what went, so that a restored backup loses it again before it is read.",
    ),
    ("this certificate", "It proves the removal to whoever asks."),
)


class Case(NamedTuple):
    """Which erasure a certificate is about."""

    erasure_id: str
    reason: str
    asked_at: str
    done_at: str
    is_final: bool
    others_live: bool


class Checked(NamedTuple):
    """What checking a certificate found: whose erasure it proves, and by which key."""

    certificate_id: str
    customer: str
    consent_id: str
    done_at: str
    signed_by: str
    is_key_known: bool


def worded(case: Case, consent: Consent, tally: Tally) -> dict[str, object]:
    """Word a certificate, to be signed."""
    artefact, objects = consent.artefact, sorted(tally.objects)
    return {
        "kind": KIND,
        "certificate_id": case.erasure_id,
        "customer": artefact.customer,
        "consent_id": artefact.id,
        "party": artefact.party,
        "purpose": artefact.purpose,
        "reason": case.reason,
        "asked_at": case.asked_at,
        "done_at": case.done_at,
        "deliveries_n": deliveries_of(tally),
        "files_n": tally.files_n,
        "objects_n": len(objects),
        # Not the list: the hash of a short note, published alone, would confirm to anyone what it said.
        "objects_sha256": canonical.sha256_hex(objects),
        "kinds": [[kind, n] for kind, n in tally.kinds],
        "remains": [{"what": what, "why": why} for what, why in _remains(case)],
    }


def deliveries_of(tally: Tally) -> int:
    """Count the deliveries among what went."""
    return dict(tally.kinds).get("raw delivery", 0)


def keep(tx: Tx, document: Mapping[str, object]) -> str:
    """Keep a signed certificate with the erasure it is about, and give its text."""
    text = canonical.dumps(document).decode()
    tx.execute(
        "INSERT INTO certificate (erasure_id, consent_id, customer, document, made_at)"
        " VALUES (:erasure_id, :consent_id, :customer, :document, :made_at)",
        erasure_id=str(document["certificate_id"]),
        consent_id=str(document["consent_id"]),
        customer=str(document["customer"]),
        document=text,
        made_at=str(document["done_at"]),
    )
    return text


def kept(tx: Tx, consent_ids: Iterable[str]) -> tuple[bytes, ...]:
    """Give the certificates of consents as they were signed, the earliest first."""
    found = []
    for consent_id in consent_ids:
        rows = tx.all(
            "SELECT document FROM certificate WHERE consent_id = :id ORDER BY made_at, erasure_id",
            id=consent_id,
        )
        found += [str(row["document"]).encode() for row in rows]
    if found:
        return tuple(found)
    raise NotFound(
        "CERTIFICATE_MISSING",
        "There is no certificate of an erasure under this consent.",
        hint="A certificate is made when a consent is revoked or its data life is over.",
    )


def certified(tx: Tx, customer: str) -> frozenset[str]:
    """Name the consents of a customer that have a certificate."""
    rows = tx.all("SELECT DISTINCT consent_id FROM certificate WHERE customer = :customer", customer=customer)
    return frozenset(str(row["consent_id"]) for row in rows)


def checked(content: bytes, keys: Sequence[Jwk] | None) -> tuple[Checked, ...]:
    """Check one certificate, or a list of them, as a file holds it; any byte that was changed is refused."""
    found = _parsed(content)
    return tuple(_checked(document, keys) for document in found)


def _remains(case: Case) -> tuple[tuple[str, str], ...]:
    others = (_OTHERS,) if case.others_live else ()
    return (_ENDED if case.is_final else _STANDING, *others, *_PROOFS)


def _parsed(content: bytes) -> list[Mapping[str, object]]:
    """Read a file in one of the two forms certificates are printed in; another spelling of them is not ours."""
    try:
        document = loads(content)
    except JSONDecodeError:
        raise _invalid("it is not JSON") from None
    forms = (canonical.dumps(document), dumps(document, option=OPT_INDENT_2 | OPT_APPEND_NEWLINE))
    if content.rstrip(b"\n") not in [form.rstrip(b"\n") for form in forms]:
        raise _invalid("its text is not written as certificates are")
    found = document if isinstance(document, list) else [document]
    if not found or not all(isinstance(one, Mapping) and one.get("kind") == KIND for one in found):
        raise _invalid("it is not a certificate of erasure")
    return found


def _checked(document: Mapping[str, object], keys: Sequence[Jwk] | None) -> Checked:
    why = flaw(document, keys) or _contradiction(document)
    if why is not None:
        raise _invalid(why)
    return Checked(
        certificate_id=str(document["certificate_id"]),
        customer=str(document["customer"]),
        consent_id=str(document["consent_id"]),
        done_at=str(document["done_at"]),
        signed_by=str(document["signed_by"]),
        is_key_known=keys is not None,
    )


def _contradiction(document: Mapping[str, object]) -> str | None:
    """Compare what a certificate says twice; a genuine one says it alike."""
    absent = [name for name in _SAID if name not in document]
    if absent:
        return f"it does not say {absent[0]}"
    if _total(document["kinds"]) != document["files_n"]:
        return "its kinds do not add up to its files"
    return None


def _total(kinds: object) -> int | None:
    total = 0
    for pair in kinds if isinstance(kinds, list) else [None]:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int)):
            return None
        total += pair[1]
    return total


def _invalid(why: str) -> CallerError:
    return CallerError(
        "CERTIFICATE_INVALID",
        f"The certificate does not hold: {why}.",
        hint="Ask the lender for it again: bahi consent certificate --customer-id X --to FILE",
    )
