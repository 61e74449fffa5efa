"""The sandbox's stand-in for an Account Aggregator's signature; outside the sandbox nothing here is used."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

KEY_NAME = "sandbox-aa.pem"
KEY_ID = "bahi-sandbox-aa"


class Safe(Protocol):
    """Where the key is kept: readable by its owner only."""

    def secret(self, name: str) -> bytes | None:
        """Give a secret, or None before it was kept."""

    def keep_secret(self, name: str, content: bytes) -> None:
        """Keep a secret."""

    def replace_secret(self, name: str, content: bytes) -> None:
        """Put another secret in the place of one, so that a crash leaves either."""


def sign(safe: Safe, payload: bytes) -> str:
    """Sign as a compact RS256 JWS; the key is made when it is first needed."""
    from joserfc import jws

    return jws.serialize_compact({"alg": "RS256", "kid": KEY_ID}, payload, _loaded(_pem(safe)))


# Loading proves the key's primes, which takes longer than signing with it.
@lru_cache(maxsize=1)
def _loaded(pem: bytes) -> RSAKey:
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(pem)


def key_id(safe: Safe) -> str:
    """Name the key in use by its public half (RFC 7638)."""
    return _loaded(_pem(safe)).thumbprint()


def replace(safe: Safe) -> None:
    """Sign with another key from this moment on; what was signed stays as it is."""
    safe.replace_secret(KEY_NAME, _made())


def _pem(safe: Safe) -> bytes:
    held = safe.secret(KEY_NAME)
    if held is not None:
        return held
    made = _made()
    safe.keep_secret(KEY_NAME, made)
    # Read again: when two processes made one at once, both sign with the one that stayed.
    return safe.secret(KEY_NAME) or made


def _made() -> bytes:
    from joserfc.jwk import RSAKey

    return RSAKey.generate_key(2048, private=True).as_pem(private=True)
