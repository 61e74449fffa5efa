"""A sealed stream: nobody without the passphrase reads it, and no byte of it is changed, moved or cut off unseen."""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from kit.errors import CallerError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"bahi sealed 1\r\n\0"
CHUNK_BYTES = 1 << 20
# The cost of trying one passphrase: 2**17 rounds over 128 MiB.
COST_LOG2 = 17
COST_LOG2_MAX = 20
PASSPHRASE_CHARS_MIN = 12

_TAG_BYTES = 16
_HEADER = struct.Struct(f">{len(MAGIC)}sB32s7s16s")
_DIGEST_BYTES = 16
HEADER_BYTES = _HEADER.size + _DIGEST_BYTES


class Sealer:
    """Seals what is written to it, chunk by chunk; only `finish` makes it whole."""

    def __init__(self, write: Callable[[bytes], object], passphrase: str) -> None:
        """Write the header: all that is needed beside the passphrase."""
        if len(passphrase) < PASSPHRASE_CHARS_MIN:
            raise CallerError(
                "PASSPHRASE_TOO_SHORT",
                f"A passphrase needs at least {PASSPHRASE_CHARS_MIN} characters.",
                hint="Take a longer one, and keep it apart from the backup.",
            )
        salt, self._prefix = os.urandom(32), os.urandom(7)
        self._cipher, check = _keys(passphrase, salt, COST_LOG2)
        fields = _HEADER.pack(MAGIC, COST_LOG2, salt, self._prefix, check)
        self._header = fields + _digest(fields)
        self._write = write
        self._held = bytearray()
        self._chunks_n = 0
        write(self._header)

    def write(self, content: bytes) -> int:
        """Take more; a chunk is sealed when another follows it."""
        self._held += content
        while len(self._held) > CHUNK_BYTES:
            self._emit(bytes(self._held[:CHUNK_BYTES]), is_last=False)
            del self._held[:CHUNK_BYTES]
        return len(content)

    def finish(self) -> None:
        """Seal the last chunk as the last."""
        self._emit(bytes(self._held), is_last=True)
        self._held.clear()

    def _emit(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._prefix, self._chunks_n, is_last=is_last)
        self._write(self._cipher.encrypt(nonce, chunk, self._header))
        self._chunks_n += 1


def unsealed(read: Callable[[int], bytes], passphrase: str) -> Iterator[bytes]:
    """Open a sealed stream; each chunk comes out only after it was proved genuine and in its place."""
    from cryptography.exceptions import InvalidTag

    header = read(HEADER_BYTES)
    cipher, prefix = _opened(header, passphrase)
    number, block = 0, read(CHUNK_BYTES + _TAG_BYTES)
    while True:
        following = read(CHUNK_BYTES + _TAG_BYTES)
        try:
            chunk = cipher.decrypt(_nonce(prefix, number, is_last=not following), block, header)
        except (InvalidTag, ValueError) as error:
            raise unreadable(f"it was changed or cut off after {number} MiB") from error
        yield chunk
        if not following:
            return
        number, block = number + 1, following


def unreadable(why: str) -> CallerError:
    """Say that a backup cannot be trusted or understood."""
    return CallerError(
        "BACKUP_UNREADABLE",
        f"The backup cannot be read: {why}.",
        hint="Take another copy of it, or an earlier backup.",
    )


def _opened(header: bytes, passphrase: str) -> tuple[AESGCM, bytes]:
    fields, digest = header[: _HEADER.size], header[_HEADER.size :]
    if not fields.startswith(MAGIC):
        raise unreadable("the file is not a backup")
    if len(fields) != _HEADER.size or digest != _digest(fields):
        raise unreadable("its beginning was changed")
    _, cost_log2, salt, prefix, check = _HEADER.unpack(fields)
    if cost_log2 > COST_LOG2_MAX:
        raise unreadable("opening it would cost more than any backup of ours does")
    cipher, found = _keys(passphrase, salt, cost_log2)
    if not hmac.compare_digest(check, found):
        raise CallerError(
            "PASSPHRASE_WRONG",
            "The passphrase does not open the backup.",
            hint="Name the passphrase it was made with, by --passphrase-file or BAHI_BACKUP_PASSPHRASE.",
        )
    return cipher, prefix


def _keys(passphrase: str, salt: bytes, cost_log2: int) -> tuple[AESGCM, bytes]:
    """Derive the key, and a value that tells a wrong passphrase from a damaged file."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cost = 1 << cost_log2
    derived = hashlib.scrypt(
        passphrase.encode(errors="surrogatepass"),
        salt=salt,
        n=cost,
        r=8,
        p=1,
        maxmem=cost * 1024 + (1 << 26),
        dklen=64,
    )
    return AESGCM(derived[:32]), hmac.digest(derived[32:], b"this passphrase", "sha256")[:16]


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    return prefix + number.to_bytes(4) + (b"\1" if is_last else b"\0")


def _digest(fields: bytes) -> bytes:
    return hashlib.sha256(fields).digest()[:_DIGEST_BYTES]
