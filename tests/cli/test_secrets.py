"""The keys of a house on the command line: shown, rotated and published by their ids, and never told."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cli.main import main
from tests.support import Install, files_below, installed

CUSTOMER = ("--customer-id", "MSME001")
TOUCHING = (
    ("init",),
    ("secrets", "show"),
    ("secrets", "show", "--json"),
    ("secrets", "public"),
    ("consent", "grant", *CUSTOMER, "--sources", "bank"),
    ("run", *CUSTOMER),
    ("consent", "revoke", *CUSTOMER),
    ("consent", "certificate", *CUSTOMER),
    ("secrets", "rotate"),
    ("secrets", "rotate", "--which", "pepper", "--json"),
    ("secrets", "rotate", "--which", "sandbox-aa"),
    ("secrets", "rotate", "--which", "signing", "--json"),
    ("secrets", "confirm", *CUSTOMER, "--consent-id", "none", "--value-file", "none"),
    ("purge", "--due"),
    ("audit", "list"),
    ("audit", "verify"),
    ("doctor",),
    ("status", *CUSTOMER),
)


def pem_of(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def spellings(secret: bytes) -> set[bytes]:
    """Every way a secret could be written by accident."""
    escaped = repr(secret)[2:-1].encode()
    return {
        secret, secret.hex().encode(), secret.hex().upper().encode(), escaped, b64encode(secret).rstrip(b"="),
        urlsafe_b64encode(secret).rstrip(b"="),
    }  # fmt: skip


def needles_of(name: str, content: bytes) -> set[bytes]:
    """Take the secrets out of a kept file, each in every spelling."""
    if name == "peppers":
        return set().union(*(spellings(bytes.fromhex(line)) for line in content.decode().split()))
    body = "".join(line for line in content.decode().splitlines() if not line.startswith("-----"))
    found = spellings(b64decode(body)) | {line.encode() for line in content.decode().splitlines()[1:-1]}
    if name == "signing-key.pem":
        key = load_pem_private_key(content, None)
        assert isinstance(key, Ed25519PrivateKey)
        found |= spellings(key.private_bytes_raw())
    return found


class Face:
    """The command line in this process: hundreds of commands would else be hundreds of interpreters."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.said = b""
        self._capsys = capsys

    def bahi(self, install: Install, *words: str, **changed: str) -> int:
        with pytest.MonkeyPatch.context() as patched:
            for name, value in {**install.environ(), **changed}.items():
                patched.setenv(name, value)
            code = main(list(words))
        out, err = self._capsys.readouterr()
        self.said += (out + err).encode()
        return code


def assert_nowhere(needles: set[bytes], install: Install, said: bytes) -> None:
    """Look through everything said and every file but those the secrets are kept in."""
    kept = {name: content for name, content in files_below(install.home).items() if ".secrets/" not in name}
    assert "bahi.db" in kept
    for needle in needles:
        assert len(needle) >= 16
        assert needle not in said
        assert [name for name, content in kept.items() if needle in content] == []


def test_no_command_tells_a_secret_that_is_kept_here(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install, needles, face = Install(tmp_path / "home", {}), set[bytes](), Face(capsys)
    for words in TOUCHING:
        face.bahi(install, *words)
        for name, content in files_below(install.home / ".secrets").items():
            needles |= needles_of(name, content)
    assert len(needles) >= 3 * 6
    assert any(needle in b"".join(files_below(install.home / ".secrets").values()) for needle in needles)
    assert_nowhere(needles, install, face.said)


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_no_command_tells_a_secret_of_the_environment_even_when_it_is_malformed(
    tmp_path: Path, environment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    install = installed(tmp_path / "home")
    key, pepper = Ed25519PrivateKey.generate(), bytes(range(1, 33))
    pem = pem_of(key)
    needles = needles_of("signing-key.pem", pem.encode()) | spellings(pepper)
    given = {"BAHI_ENVIRONMENT": environment}
    bodies = (
        pem.replace("\n", "\\n"),
        b64encode(pem.encode()).decode(),
        pem[:-70],
        pem.replace("PRIVATE", "PUBLIC"),
    )
    codes, face = set[int](), Face(capsys)
    for body, hexed in zip(
        bodies, (pepper.hex(), pepper.hex(), pepper.hex() + "0", pepper.hex().upper()), strict=True
    ):
        needles.add(body.encode())
        for words in TOUCHING:
            code = face.bahi(install, *words, **given, BAHI_SIGNING_KEY=body, BAHI_PEPPER=hexed)
            assert code in (0, 2), words
            codes.add(code)
    assert codes == {0, 2} and b"SECRET_INVALID" in face.said
    assert_nowhere(needles, install, face.said)


def test_production_needs_both_variables_and_says_where_to_read_on(tmp_path: Path) -> None:
    install = Install(tmp_path / "home", {"BAHI_ENVIRONMENT": "production"})
    refused = install.bahi("init")
    assert refused.code == 2
    assert "SECRET_MISSING: BAHI_SIGNING_KEY" in refused.err and "docs/runbooks/secrets.md" in refused.err
    assert files_below(install.home) == {}
    given = {"BAHI_SIGNING_KEY": pem_of(Ed25519PrivateKey.generate()), "BAHI_PEPPER": "5d" * 32}
    install.must("init", **given)
    assert not (install.home / ".secrets").exists()
    shown = install.must("secrets", "show", "--json", **given).json()
    assert isinstance(shown, list)
    assert [one["origin"] for one in shown] == ["BAHI_SIGNING_KEY", "BAHI_PEPPER"]
    unchanged = install.bahi("secrets", "rotate", **given)
    assert unchanged.code == 2 and "SECRET_UNCHANGED" in unchanged.err
    other = {**given, "BAHI_SIGNING_KEY": pem_of(Ed25519PrivateKey.generate())}
    install.must("secrets", "rotate", **other)
    assert len(json.loads(install.must("secrets", "public", **other).out)["keys"]) == 2


def test_a_rotation_stands_in_the_audit_even_when_it_is_refused(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    install.must("secrets", "rotate")
    install.bahi("secrets", "rotate", BAHI_PEPPER="ab" * 31, **{"BAHI_ACTOR": "asha"})
    pepper = {"BAHI_PEPPER": "ab" * 31}
    assert install.bahi("secrets", "rotate", "--which", "pepper", **pepper).code == 2
    entries = install.must("audit", "list", "--json").json()
    assert isinstance(entries, list)
    outcomes = [one["outcome"] for one in entries if one["action"] == "secrets.rotate"]
    assert outcomes == ["SECRET_INVALID", "BEGUN", "DONE", "BEGUN", "DONE", "BEGUN"]


def test_an_installation_from_before_gets_its_secrets_when_they_are_needed(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    for path in (install.home / ".secrets").iterdir():
        path.unlink()
    install.must("consent", "grant", *CUSTOMER, "--sources", "bank")
    install.must("consent", "revoke", *CUSTOMER)
    kept = {path.name: path.stat().st_mode & 0o777 for path in (install.home / ".secrets").iterdir()}
    assert kept == {"peppers": 0o600, "signing-key.pem": 0o600, "sandbox-aa.pem": 0o600}


def test_a_known_value_is_confirmed_and_another_is_not(tmp_path: Path) -> None:
    install = installed(tmp_path / "home")
    (consent,) = json.loads(install.must("consent", "grant", *CUSTOMER, "--sources", "bank", "--json").out)[
        "consents"
    ]
    install.must("consent", "revoke", *CUSTOMER)
    install.must("secrets", "rotate", "--which", "pepper")
    value = tmp_path / "value.txt"
    words = (
        "secrets",
        "confirm",
        *CUSTOMER,
        "--consent-id",
        consent["consent_id"],
        "--value-file",
        str(value),
    )
    value.write_text(consent["ConsentDetail"]["Customer"]["id"] + "\n")
    assert install.must(*words, "--json").json() == {
        "customer_id": "MSME001", "consent_id": consent["consent_id"], "confirmed": ["Customer id"],
    }  # fmt: skip
    value.write_text("somebody-else@aa")
    refused = install.bahi(*words)
    assert refused.code == 2 and "COMMITMENT_NOT_FOUND" in refused.err
    assert "somebody-else" not in refused.out + refused.err
