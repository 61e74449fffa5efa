"""Which secrets a house has used, as ledger rows: ids, public keys and times, never a secret."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from orjson import loads

from kit.canonical import dumps
from kit.errors import Conflict
from warehouse.ledger import Row, Tx


class Which(StrEnum):
    """The secrets a house has; the last is the sandbox's alone."""

    SIGNING = "signing"
    PEPPER = "pepper"
    SANDBOX_AA = "sandbox-aa"


def note(tx: Tx, which: Which, secret: str, now: str, jwk: Mapping[str, str] | None = None) -> None:
    """Write down a secret at its first use; a signing key leaves its public key for ever."""
    if which is Which.SIGNING:
        tx.execute(
            "INSERT INTO signing_key (kid, public_jwk, began_at) VALUES (:id, :jwk, :now) ON CONFLICT DO NOTHING",
            id=secret,
            jwk=dumps(jwk).decode(),
            now=now,
        )
        return
    tx.execute(
        "INSERT INTO secret_id (id, kind, began_at) VALUES (:id, :kind, :now) ON CONFLICT DO NOTHING",
        id=secret,
        kind=which.value,
        now=now,
    )


def rows(tx: Tx, which: Which) -> list[Row]:
    """List the secrets of one kind, the earliest first, with when each was taken up and retired."""
    if which is Which.SIGNING:
        return tx.all("SELECT kid AS id, began_at, retired_at FROM signing_key ORDER BY began_at, kid")
    return tx.all(
        "SELECT id, began_at, retired_at FROM secret_id WHERE kind = :kind ORDER BY began_at, id",
        kind=which.value,
    )


def retire_others(tx: Tx, which: Which, secret: str, now: str) -> tuple[str, ...]:
    """Retire every secret of a kind but one, and name those that were in use until this moment."""
    former = tuple(
        str(row["id"]) for row in rows(tx, which) if row["retired_at"] is None and row["id"] != secret
    )
    table, column = ("signing_key", "kid") if which is Which.SIGNING else ("secret_id", "id")
    for one in former:
        tx.execute(f"UPDATE {table} SET retired_at = :now WHERE {column} = :id", now=now, id=one)
    return former


def require_in_use(tx: Tx, which: Which, secret: str) -> None:
    """Refuse a secret that was retired: what it made after that could not be told from a forgery."""
    if any(row["id"] == secret and row["retired_at"] is not None for row in rows(tx, which)):
        raise Conflict(
            "SECRET_RETIRED",
            f"The {which} secret that was found was retired.",
            hint="Run: bahi secrets show, then put the one in use back in its place (docs/runbooks/secrets.md).",
        )


def public_keys(tx: Tx) -> tuple[Mapping[str, str], ...]:
    """Give every public key this house ever signed with, the retired ones too."""
    found = tx.all("SELECT public_jwk FROM signing_key ORDER BY began_at, kid")
    return tuple(loads(str(row["public_jwk"])) for row in found)
