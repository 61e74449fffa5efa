"""Signed documents: how one is signed, and how anybody checks it with nothing but a public key."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kit.canonical import dumps

if TYPE_CHECKING:  # Only who signs or verifies loads what can.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ALG = "Ed25519"
_MEMBERS = ("crv", "kty", "x")

Jwk = Mapping[str, str]


def signed(document: Mapping[str, object], private: Ed25519PrivateKey) -> dict[str, object]:
    """Add who signs and a detached JWS over the canonical JSON of all the rest."""
    jwk = public_jwk(private.public_key())
    kid = thumbprint(jwk)
    whole = {**document, "signed_by": kid, "public_key": jwk}
    header = _header(kid)
    signature = encoded(private.sign(f"{header}.{encoded(dumps(whole))}".encode()))
    return {**whole, "signature": f"{header}..{signature}"}


def is_genuine(document: Mapping[str, object], keys: Sequence[Jwk] | None) -> bool:
    """Check a signed document; without keys, only that the key it carries signed it."""
    return flaw(document, keys) is None


def flaw(document: Mapping[str, object], keys: Sequence[Jwk] | None) -> str | None:
    """Say what keeps a signed document from being genuine, or nothing."""
    jwk, kid, signature = (document.get(name) for name in ("public_key", "signed_by", "signature"))
    if not isinstance(jwk, Mapping) or not isinstance(kid, str) or not isinstance(signature, str):
        return "it is not signed"
    found = _key_flaw(jwk, kid, keys)
    if found is not None:
        return found
    whole = {name: value for name, value in document.items() if name != "signature"}
    return None if _holds(jwk, kid, whole, signature) else "its signature does not match its content"


def _key_flaw(jwk: Mapping[str, object], kid: str, keys: Sequence[Jwk] | None) -> str | None:
    if set(jwk) != set(_MEMBERS) or _public(jwk) is None:
        return "its public key is not an Ed25519 key"
    if thumbprint(jwk) != kid:
        return "its public key is not the one it says signed it"
    if keys is not None and kid not in map(thumbprint, keys):
        return "none of the public keys given signed it"
    return None


def public_jwk(public: Ed25519PublicKey) -> dict[str, str]:
    """Write a public key as RFC 8037 does."""
    return {"crv": "Ed25519", "kty": "OKP", "x": encoded(public.public_bytes_raw())}


def thumbprint(jwk: Mapping[str, object]) -> str:
    """Name a public key by its content (RFC 7638)."""
    return encoded(hashlib.sha256(dumps({name: jwk.get(name) for name in _MEMBERS})).digest())


def encoded(content: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(text: str) -> bytes | None:
    """Read base64url in its one form: spare bits that are set would be a second spelling of the same bytes."""
    try:
        content = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (BadBase64, ValueError):
        return None
    return content if encoded(content) == text else None


def _header(kid: str) -> str:
    return encoded(dumps({"alg": ALG, "kid": kid}))


def _public(jwk: Mapping[str, object]) -> Ed25519PublicKey | None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    x = jwk.get("x")
    content = _decoded(x) if isinstance(x, str) else None
    if content is None or len(content) != 32 or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        return None
    return Ed25519PublicKey.from_public_bytes(content)


def _holds(jwk: Mapping[str, object], kid: str, whole: Mapping[str, object], signature: str) -> bool:
    from cryptography.exceptions import InvalidSignature

    header, found, detached = signature.partition("..")
    content, public = _decoded(detached), _public(jwk)
    if not found or header != _header(kid) or content is None or public is None:
        return False
    try:
        public.verify(content, f"{header}.{encoded(dumps(whole))}".encode())
    except InvalidSignature:
        return False
    return True
