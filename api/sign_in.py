"""Signing in on this machine: a link printed once, good for one use, becomes a session cookie; both are kept as hashes."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from api.problems import Unsigned
from consent.audit import Deed
from kit.period import isoformat_utc
from pipeline.wiring import House
from warehouse.ledger import Tx

COOKIE = "bahi_session"
LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=12)
HINT = "run `bahi serve` and open the link it prints"


def issue_link(house: House) -> str:
    """Make a link's path, good for ten minutes and one use."""
    now = house.clock.now()
    with house.ledger.transaction() as tx:
        tx.execute("DELETE FROM sign_in WHERE expires_at <= :now", now=isoformat_utc(now))
        token = _keep(tx, "link", now, LINK_LIFE)
    return f"/sign-in?token={token}"


def redeem(house: House, token: str) -> str:
    """Turn an unused link into a session, in one transaction with its audit entry."""
    now = house.clock.now()
    with house.ledger.transaction() as tx:
        used = tx.execute(
            "UPDATE sign_in SET used_at = :now WHERE token_hash = :hash AND kind = 'link'"
            " AND used_at IS NULL AND expires_at > :now",
            now=isoformat_utc(now),
            hash=_hash(token),
        )
        if used != 1:
            raise Unsigned("LINK_NOT_VALID", "this sign-in link is used up, too old or not ours", hint=HINT)
        house.audit.record(tx, Deed("session.open", None, None, "OPENED", {}))
        return _keep(tx, "session", now, SESSION_LIFE)


def check(house: House, token: str | None) -> None:
    """Refuse whoever brings no living session."""
    if token is None or not _is_living(house, token):
        raise Unsigned("SIGN_IN_REQUIRED", "nobody is signed in here", hint=HINT)


def _is_living(house: House, token: str) -> bool:
    with house.ledger.reading() as tx:
        row = tx.one(
            "SELECT 1 AS found FROM sign_in WHERE token_hash = :hash AND kind = 'session' AND expires_at > :now",
            hash=_hash(token),
            now=isoformat_utc(house.clock.now()),
        )
    return row is not None


def _keep(tx: Tx, kind: str, now: datetime, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    tx.execute(
        "INSERT INTO sign_in (token_hash, kind, created_at, expires_at) VALUES (:hash, :kind, :now, :end)",
        hash=_hash(token),
        kind=kind,
        now=isoformat_utc(now),
        end=isoformat_utc(now + life),
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
