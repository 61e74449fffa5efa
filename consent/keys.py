"""The secrets of a house: what it signs with, what it commits to values with, and how anybody checks a signature."""

from __future__ import annotations

import hmac
import os
import re
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from consent import _key_rows, _signing
from consent._key_rows import Which, public_keys
from consent._proof import Jwk, flaw, is_genuine, public_jwk, signed, thumbprint
from kit.errors import CallerError, Conflict
from kit.period import Clock, isoformat_utc
from warehouse.ledger import Tx

if TYPE_CHECKING:  # Only who signs loads what can.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["Jwk", "Keys", "Known", "Rotated", "Which", "flaw", "is_genuine", "public_keys", "thumbprint"]

SIGNING_VARIABLE, PEPPER_VARIABLE = "BAHI_SIGNING_KEY", "BAHI_PEPPER"
SIGNING_NAME, PEPPERS_NAME = "signing-key.pem", "peppers"
_VARIABLES = {Which.SIGNING: SIGNING_VARIABLE, Which.PEPPER: PEPPER_VARIABLE}
_NAMES = {Which.SIGNING: SIGNING_NAME, Which.PEPPER: PEPPERS_NAME, Which.SANDBOX_AA: _signing.KEY_NAME}
_RUNBOOK = "docs/runbooks/secrets.md"


class Known(NamedTuple):
    """What may be told of a secret: where it comes from, its id, since when, and the ids before it."""

    which: str
    origin: str
    id: str
    since: str | None
    retired: tuple[str, ...]


class Rotated(NamedTuple):
    """Which secret was replaced, by ids."""

    which: str
    former: tuple[str, ...]
    id: str


class Keys:
    """What this house signs and commits with; each act reads the secret again, so that a rotation holds at once."""

    def __init__(
        self, safe: _signing.Safe, clock: Clock, environ: Mapping[str, str], environment: str
    ) -> None:
        """Read nothing yet: most commands need no secret."""
        self._safe = safe
        self._clock = clock
        self._environ = environ
        self._is_production = environment == "production"

    def check(self) -> None:
        """Read the secrets that are here, or have to be in production, and make none."""
        for which in _VARIABLES:
            if self._is_here(which):
                self._id_of(which)

    def prepare(self) -> None:
        """Make the secrets that are not there; in production, name the variable that is not set."""
        self._private()
        self._peppers()

    def register(self, tx: Tx) -> None:
        """Write down the ids of the secrets in use, and the public key."""
        self._take_up(tx, Which.SIGNING)
        self._take_up(tx, Which.PEPPER)

    def require_known(self, tx: Tx) -> None:
        """See that the secrets are those the ledger knows to be in use: one that was lost is made again in silence."""
        for which in _VARIABLES:
            known = [row["id"] for row in _key_rows.rows(tx, which) if row["retired_at"] is None]
            if known and not (self._is_here(which) and self._id_of(which) in known):
                raise _exchanged(which)

    def sign(self, tx: Tx, document: Mapping[str, object]) -> dict[str, object]:
        """Sign a document; whoever holds the public key can check it without this house."""
        self._take_up(tx, Which.SIGNING)
        return signed(document, self._private())

    def commit_to(self, value: str) -> str:
        """Bind to a value without telling it: pepper id, salt and keyed hash."""
        return _commitment(self._peppers()[0], os.urandom(16), value)

    def confirms(self, committed: str, value: str) -> bool:
        """Say whether a commitment, under the pepper in use or a retired one, was made to a value."""
        found = re.fullmatch("([0-9a-f]{16}):([0-9a-f]{32}):[0-9a-f]{64}", committed)
        if found is None:
            return False
        mine = [pepper for pepper in self._peppers() if _pepper_id(pepper) == found[1]]
        return any(
            hmac.compare_digest(committed, _commitment(one, bytes.fromhex(found[2]), value)) for one in mine
        )

    def known(self, tx: Tx) -> tuple[Known, ...]:
        """Tell which secrets there are, by their ids."""
        has_stand_in = not self._is_production and self._safe.secret(_signing.KEY_NAME) is not None
        return tuple(
            self._told(tx, which) for which in Which if which is not Which.SANDBOX_AA or has_stand_in
        )

    def rotate(self, tx: Tx, which: Which = Which.SIGNING) -> Rotated:
        """Replace a secret kept here, or take up what the environment brings in its place."""
        if which is Which.SANDBOX_AA and self._is_production:
            raise Conflict(
                "SECRET_NOT_HERE",
                "Outside the sandbox consents are signed by Account Aggregators, with keys of their own.",
                hint="Run: bahi secrets rotate --which signing",
            )
        is_given = self._is_given(which)
        if not is_given:
            self._note(tx, which)
            self._replace(which)
        current = self._take_up(tx, which)
        former = _key_rows.retire_others(tx, which, current, self._now())
        if is_given and not former:
            raise _unchanged(which)
        return Rotated(which, former, current)

    def _told(self, tx: Tx, which: Which) -> Known:
        rows, current = _key_rows.rows(tx, which), self._id_of(which)
        since = next((str(row["began_at"]) for row in rows if row["id"] == current), None)
        retired = tuple(str(row["id"]) for row in rows if row["retired_at"] is not None)
        origin = _VARIABLES[which] if self._is_given(which) else _NAMES[which]
        return Known(which, origin, current, since, retired)

    def _take_up(self, tx: Tx, which: Which) -> str:
        """Write down the secret in use at its first use, and give its id; a retired one is not taken up again."""
        _key_rows.require_in_use(tx, which, self._id_of(which))
        return self._note(tx, which)

    def _note(self, tx: Tx, which: Which) -> str:
        current = self._id_of(which)
        jwk = public_jwk(self._private().public_key()) if which is Which.SIGNING else None
        _key_rows.note(tx, which, current, self._now(), jwk)
        return current

    def _id_of(self, which: Which) -> str:
        if which is Which.SIGNING:
            return thumbprint(public_jwk(self._private().public_key()))
        if which is Which.PEPPER:
            return _pepper_id(self._peppers()[0])
        return _signing.key_id(self._safe)

    def _replace(self, which: Which) -> None:
        if which is Which.SIGNING:
            self._safe.replace_secret(SIGNING_NAME, _made_key())
        elif which is Which.PEPPER:
            self._safe.replace_secret(PEPPERS_NAME, _peppers_bytes((os.urandom(32), *self._peppers())))
        else:
            _signing.replace(self._safe)

    def _now(self) -> str:
        return isoformat_utc(self._clock.now())

    def _is_given(self, which: Which) -> bool:
        """Say whether a secret comes from the environment; in production it always does."""
        variable = _VARIABLES.get(which)
        return variable is not None and (self._is_production or bool(self._environ.get(variable)))

    def _is_here(self, which: Which) -> bool:
        return self._is_given(which) or self._safe.secret(_NAMES[which]) is not None

    def _given(self, which: Which) -> str:
        variable = _VARIABLES[which]
        text = self._environ.get(variable, "")
        if text:
            return text
        raise CallerError(
            "SECRET_MISSING",
            f"{variable} is not set, and in production this secret comes from nowhere else.",
            hint=f"Set {variable} as {_RUNBOOK} says, then run again.",
            place=variable,
        )

    def _kept(self, which: Which, make: Callable[[], bytes]) -> bytes:
        """Read a secret of this installation, made when it is first needed."""
        name = _NAMES[which]
        held = self._safe.secret(name)
        if held is not None:
            return held
        self._safe.keep_secret(name, made := make())
        # Read again: when two processes made one at once, both use the one that stayed.
        return self._safe.secret(name) or made

    def _private(self) -> Ed25519PrivateKey:
        if self._is_given(Which.SIGNING):
            return _private_from(_pem_of(self._given(Which.SIGNING)), SIGNING_VARIABLE)
        return _private_from(self._kept(Which.SIGNING, _made_key), f".secrets/{SIGNING_NAME}")

    def _peppers(self) -> tuple[bytes, ...]:
        """Give the pepper in use, then those that only confirm what was committed to before."""
        if self._is_given(Which.PEPPER):
            return _peppers_from(self._given(Which.PEPPER), PEPPER_VARIABLE)
        held = self._kept(Which.PEPPER, lambda: _peppers_bytes((os.urandom(32),)))
        return _peppers_from(held.decode("ascii", "replace"), f".secrets/{PEPPERS_NAME}")


def _made_key() -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _pem_of(text: str) -> bytes:
    """Read a PEM as a variable can hold it: with its line ends, with \\n for them, or whole in base64."""
    if "-----" in text:
        return text.replace("\\n", "\n").encode(errors="replace")
    try:
        return b64decode(text, validate=True)
    except (BadBase64, ValueError):
        return b""


def _private_from(pem: bytes, place: str) -> Ed25519PrivateKey:
    """Load a key; what is wrong with it is not told, for that could tell a part of it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _invalid(place, "an Ed25519 private key as PEM without a password") from None
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise _invalid(place, "an Ed25519 private key as PEM without a password")


def _peppers_from(text: str, place: str) -> tuple[bytes, ...]:
    words = re.split(r"[\s,]+", text.strip())
    if all(re.fullmatch("[0-9a-f]{64}", word) for word in words) and len(set(words)) == len(words):
        return tuple(map(bytes.fromhex, words))
    raise _invalid(place, "64 lower-case hex digits, with retired peppers behind it, each once, by commas")


def _peppers_bytes(peppers: Sequence[bytes]) -> bytes:
    return "".join(f"{pepper.hex()}\n" for pepper in peppers).encode()


def _pepper_id(pepper: bytes) -> str:
    return hmac.digest(pepper, b"the id of this pepper", "sha256").hex()[:16]


def _commitment(pepper: bytes, salt: bytes, value: str) -> str:
    keyed = hmac.digest(pepper, salt + value.encode(errors="surrogatepass"), "sha256")
    return f"{_pepper_id(pepper)}:{salt.hex()}:{keyed.hex()}"


def _invalid(place: str, form: str) -> CallerError:
    return CallerError(
        "SECRET_INVALID",
        f"What stands in {place} is not {form}.",
        hint=f"Put it right as {_RUNBOOK} says, then run again.",
        place=place,
    )


def _exchanged(which: Which) -> Conflict:
    return Conflict(
        "SECRET_EXCHANGED",
        f"The {which} secret this house used before is not in its place.",
        hint=f"Put the former one back as {_RUNBOOK} says; was it exchanged on purpose, run: bahi secrets rotate"
        f" --which {which}",
    )


def _unchanged(which: Which) -> Conflict:
    variable = _VARIABLES[which]
    return Conflict(
        "SECRET_UNCHANGED",
        f"{variable} holds the secret that is in use.",
        hint=f"Set {variable} to another one as {_RUNBOOK} says, then run again.",
        place=variable,
    )
