import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey
from orjson import loads

from consent import _signing
from consent._proof import encoded, public_jwk, signed
from consent.keys import Keys, Which, flaw, is_genuine, public_keys, thumbprint
from kit.canonical import dumps
from kit.errors import BahiError, CallerError, Conflict
from kit.period import FixedClock
from tests.consent.desk import START, Desk, PaperLake
from warehouse.home import Home
from warehouse.lake import Lake

DOCUMENT = {"kind": "erasure", "n": 3, "names": ["क", "b"], "deep": {"yes": True, "none": None}}
KEY = Ed25519PrivateKey.generate()


def _pem(key: Ed25519PrivateKey | None = None) -> str:
    made = key or Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _keys(desk: Desk, environment: str = "sandbox", **environ: str) -> Keys:
    return Keys(desk.lake, desk.clock, environ, environment)


def _signed(desk: Desk, keys: Keys | None = None) -> dict[str, object]:
    with desk.ledger.transaction() as tx:
        return (keys or desk.keys).sign(tx, DOCUMENT)


@pytest.fixture
def own(make_desk: Callable[..., Desk]) -> Desk:
    """A desk whose secrets are its own."""
    desk = make_desk()
    desk.lake.secrets = {}
    return desk


def test_a_signed_document_is_a_detached_jws_that_another_library_accepts(own: Desk) -> None:
    document = _signed(own)
    signature, jwk = str(document.pop("signature")), document["public_key"]
    assert isinstance(jwk, dict)
    header, _, tail = signature.partition("..")
    whole = f"{header}.{encoded(dumps(document))}.{tail}"
    read = jws.deserialize_compact(whole, OKPKey.import_key(jwk), algorithms=["Ed25519"])
    assert read.payload == dumps(document)
    assert read.headers() == {"alg": "Ed25519", "kid": document["signed_by"]}
    assert OKPKey.import_key(jwk).thumbprint() == document["signed_by"] == thumbprint(jwk)


def test_the_public_key_is_written_down_with_its_first_use_only(own: Desk) -> None:
    document = _signed(own)
    (row,) = own.rows("signing_key")
    assert (row["kid"], row["began_at"], row["retired_at"]) == (
        document["signed_by"],
        "2026-11-20T04:30:00.000000Z",
        None,
    )
    _signed(own)
    assert own.rows("signing_key") == [row]


def test_a_signature_that_is_rolled_back_leaves_no_key(own: Desk) -> None:
    with pytest.raises(KeyError), own.ledger.transaction() as tx:
        own.keys.sign(tx, DOCUMENT)
        raise KeyError
    assert own.rows("signing_key") == []


def test_only_a_known_key_makes_a_document_genuine(own: Desk, make_desk: Callable[..., Desk]) -> None:
    document = _signed(own)
    with own.ledger.reading() as tx:
        mine = public_keys(tx)
    assert is_genuine(document, mine) and is_genuine(document, None)
    assert flaw(document, []) == "none of the public keys given signed it"
    other = _signed(own, _keys(own, BAHI_SIGNING_KEY=_pem()))
    assert is_genuine(other, None) and not is_genuine(other, mine)


@given(st.data())
def test_any_other_value_anywhere_is_not_genuine(document: dict[str, object], data: st.DataObject) -> None:
    content = bytearray(dumps(document))
    spot = data.draw(st.integers(0, len(content) - 1))
    content[spot] = data.draw(st.integers(0, 255).filter(lambda value: value != content[spot]))
    try:
        changed = loads(bytes(content))
    except ValueError:
        return
    assert changed == document or not isinstance(changed, dict) or not is_genuine(changed, None)


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    return signed(DOCUMENT, KEY)


def test_a_signature_has_one_spelling_only(document: dict[str, object]) -> None:
    header, _, tail = str(document["signature"]).partition("..")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [f"{header}..{tail[:-1]}{last}" for last in alphabet if last != tail[-1]]
    others += [f"{header}..{tail}=", f"{header}..{tail}\n", f"{header}.{tail}", f"..{tail}", tail, ""]
    others += [
        f"{encoded(dumps({'alg': alg, 'kid': document['signed_by']}))}..{tail}" for alg in ("none", "EdDSA")
    ]
    for other in others:
        assert flaw({**document, "signature": other}, None) is not None, other


def test_what_is_not_signed_is_told_so(document: dict[str, object]) -> None:
    for name in ("signature", "signed_by", "public_key"):
        for value in (None, 1, [], "x", {}):
            assert flaw({**document, name: value}, None) is not None, (name, value)
    assert flaw({}, None) == "it is not signed"


def test_in_the_sandbox_both_secrets_are_made_and_kept_for_the_owner_only(tmp_path: Path) -> None:
    lake = Lake(Home(tmp_path, tmp_path / ".truth"))
    keys = Keys(lake, FixedClock(START), {}, "sandbox")
    keys.prepare()
    kept = {path.name: path for path in (tmp_path / ".secrets").iterdir()}
    assert sorted(kept) == ["peppers", "signing-key.pem"]
    assert {path.stat().st_mode & 0o777 for path in kept.values()} == {0o600}
    assert (tmp_path / ".secrets").stat().st_mode & 0o777 == 0o700
    before = {name: path.read_bytes() for name, path in kept.items()}
    keys.prepare()
    assert {name: path.read_bytes() for name, path in kept.items()} == before


def test_two_houses_on_one_safe_use_the_secret_that_stayed(own: Desk) -> None:
    class Late(PaperLake):
        def secret(self, name: str) -> bytes | None:
            found, self.secrets[name] = self.secrets.get(name), first.secrets[name]
            return found

    own.keys.prepare()
    first = own.lake
    late = Keys(Late(), own.clock, {}, "sandbox")
    committed = late.commit_to("9")
    assert own.keys.confirms(committed, "9")


def test_the_environment_comes_before_the_file(own: Desk) -> None:
    key = Ed25519PrivateKey.generate()
    pem = _pem(key)
    kid = signed({}, key)["signed_by"]
    for spelling in (pem, pem.replace("\n", "\\n"), b64encode(pem.encode()).decode()):
        for environment in ("sandbox", "production"):
            keys = _keys(own, environment, BAHI_SIGNING_KEY=spelling, BAHI_PEPPER="ab" * 32)
            assert _signed(own, keys)["signed_by"] == kid
            assert keys.confirms(keys.commit_to("x"), "x")
    assert own.lake.secrets == {}


def test_in_production_a_secret_comes_from_the_environment_alone(own: Desk) -> None:
    own.keys.prepare()
    for environ, missing in (
        ({}, "BAHI_SIGNING_KEY"),
        ({"BAHI_SIGNING_KEY": _pem()}, "BAHI_PEPPER"),
        ({"BAHI_PEPPER": "ab" * 32}, "BAHI_SIGNING_KEY"),
    ):
        with pytest.raises(CallerError, match=f"^{missing} is not set") as refused:
            _keys(own, "production", **environ).prepare()
        assert refused.value.code == "SECRET_MISSING"
        assert missing in refused.value.hint and "docs/runbooks/secrets.md" in refused.value.hint


MALFORMED_KEYS = {
    "no key": "canary-not-a-key",
    "a key cut short": _pem()[:-60],
    "base64 of something else": b64encode(b"canary-bytes").decode(),
    "another kind of key": generate_private_key(65537, 2048)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
}
MALFORMED_PEPPERS = ("ab" * 31, "AB" * 32, "ab" * 33, "g" * 64, "ab" * 32 + "," + "ab" * 32, "ab" * 32 + ",")


@pytest.mark.parametrize("what", MALFORMED_KEYS)
def test_a_malformed_key_is_refused_and_not_repeated(own: Desk, what: str) -> None:
    with pytest.raises(CallerError) as refused:
        _keys(own, BAHI_SIGNING_KEY=MALFORMED_KEYS[what]).prepare()
    assert refused.value.code == "SECRET_INVALID" and refused.value.place == "BAHI_SIGNING_KEY"
    _assert_told_nothing(refused.value, MALFORMED_KEYS[what])


@pytest.mark.parametrize("pepper", MALFORMED_PEPPERS)
def test_a_malformed_pepper_is_refused_and_not_repeated(own: Desk, pepper: str) -> None:
    with pytest.raises(CallerError) as refused:
        _keys(own, BAHI_PEPPER=pepper).commit_to("x")
    assert refused.value.code == "SECRET_INVALID" and refused.value.place == "BAHI_PEPPER"
    _assert_told_nothing(refused.value, pepper)


def test_a_damaged_file_is_named_and_not_repeated(own: Desk) -> None:
    for name in ("signing-key.pem", "peppers"):
        own.lake.secrets = {name: b"canary \xff damaged"}
        with pytest.raises(CallerError) as refused:
            own.keys.prepare()
        assert (refused.value.code, refused.value.place) == ("SECRET_INVALID", f".secrets/{name}")
        _assert_told_nothing(refused.value, "canary")


def _assert_told_nothing(error: BahiError, secret: str) -> None:
    told = f"{error.code} {error.message} {error.hint} {error.place}"
    assert error.__suppress_context__ or error.__context__ is None
    for word in re.findall("[A-Za-z0-9+/=]{8,}", secret.replace("-----", " ")):
        assert word not in told


def test_a_commitment_is_salted_and_confirmed_by_its_value_alone(own: Desk) -> None:
    first, second = own.keys.commit_to("XXXX1234"), own.keys.commit_to("XXXX1234")
    assert first != second
    assert re.fullmatch("[0-9a-f]{16}:[0-9a-f]{32}:[0-9a-f]{64}", first)
    assert own.keys.confirms(first, "XXXX1234") and own.keys.confirms(second, "XXXX1234")
    assert not own.keys.confirms(first, "XXXX1235")
    for broken in (
        "",
        "XXXX1234",
        first[:-1],
        first.replace(":", "."),
        first[:-1] + ("0" if first[-1] != "0" else "1"),
    ):
        assert not own.keys.confirms(broken, "XXXX1234")


@pytest.mark.parametrize("which", list(Which))
def test_a_rotation_retires_the_former_and_uses_another(own: Desk, which: Which) -> None:
    own.keys.prepare()
    _signing.sign(own.lake, b"x")
    before = dict(own.lake.secrets)
    own.clock.at = START.replace(hour=12)
    with own.ledger.transaction() as tx:
        rotated = own.keys.rotate(tx, which)
        (told,) = [one for one in own.keys.known(tx) if one.which == which]
    changed = {name for name in before if own.lake.secrets[name] != before[name]}
    assert len(changed) == 1 and told.origin in changed
    assert (told.id, told.retired) == (rotated.id, rotated.former)
    assert len(rotated.former) == 1 and rotated.id not in rotated.former
    assert told.since == "2026-11-20T06:30:00.000000Z"


def test_old_signatures_and_commitments_hold_after_many_rotations(own: Desk) -> None:
    documents, committed = [], []
    for n in range(5):
        documents.append(_signed(own))
        committed.append(own.keys.commit_to(f"value {n}"))
        for which in (Which.SIGNING, Which.PEPPER):
            with own.ledger.transaction() as tx:
                own.keys.rotate(tx, which)
    with own.ledger.reading() as tx:
        keys = public_keys(tx)
    assert len({document["signed_by"] for document in documents}) == 5
    assert all(is_genuine(document, keys) for document in documents)
    assert all(own.keys.confirms(one, f"value {n}") for n, one in enumerate(committed))


def test_a_rotation_killed_at_any_moment_leaves_a_key_that_works(own: Desk) -> None:
    """Killed before, at and after the act on the disk: the ledger forgets, the safe does not."""
    certificate, committed = _signed(own), own.keys.commit_to("9")
    for which in (Which.SIGNING, Which.PEPPER):
        for is_replaced in (False, True):
            with pytest.raises(KeyboardInterrupt), own.ledger.transaction() as tx, _killed(own, is_replaced):
                own.keys.rotate(tx, which)
            later = _signed(own)
            with own.ledger.reading() as tx:
                assert is_genuine(later, public_keys(tx)) and is_genuine(certificate, public_keys(tx))
            assert own.keys.confirms(committed, "9") and own.keys.confirms(own.keys.commit_to("8"), "8")
    with own.ledger.transaction() as tx:
        assert len(own.keys.rotate(tx).former) == 2
    assert [row["retired_at"] for row in own.rows("signing_key")].count(None) == 1


@contextmanager
def _killed(desk: Desk, is_replaced: bool) -> Iterator[None]:
    kept = desk.lake.replace_secret

    def replace(name: str, content: bytes) -> None:
        if is_replaced:
            kept(name, content)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(desk.lake, "replace_secret", replace)
        yield


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_a_given_key_is_taken_up_once_it_is_another(own: Desk, environment: str) -> None:
    first, second = ({"BAHI_SIGNING_KEY": _pem(), "BAHI_PEPPER": f"{n:064x}"} for n in (1, 2))
    with own.ledger.transaction() as tx:
        _keys(own, environment, **first).register(tx)
    for which in (Which.SIGNING, Which.PEPPER):
        with pytest.raises(Conflict, match="in use") as refused, own.ledger.transaction() as tx:
            _keys(own, environment, **first).rotate(tx, which)
        assert refused.value.code == "SECRET_UNCHANGED"
        with own.ledger.transaction() as tx:
            assert len(_keys(own, environment, **second).rotate(tx, which).former) == 1
        with pytest.raises(Conflict) as refused, own.ledger.transaction() as tx:
            _keys(own, environment, **first).rotate(tx, which)
        assert refused.value.code == "SECRET_RETIRED"
    with pytest.raises(Conflict) as refused:
        _signed(own, _keys(own, environment, **first))
    assert refused.value.code == "SECRET_RETIRED"
    assert own.lake.secrets == {}


def test_a_given_key_used_before_it_was_taken_up_can_still_be(own: Desk) -> None:
    former, later = _keys(own, BAHI_SIGNING_KEY=_pem()), _keys(own, BAHI_SIGNING_KEY=_pem())
    _signed(own, former)
    kid = _signed(own, later)["signed_by"]
    with own.ledger.transaction() as tx:
        assert later.rotate(tx).id == kid


def test_the_stand_in_signs_in_the_sandbox_only(own: Desk) -> None:
    given = {"BAHI_SIGNING_KEY": _pem(), "BAHI_PEPPER": "ab" * 32}
    with own.ledger.transaction() as tx:
        assert [one.which for one in own.keys.known(tx)] == ["signing", "pepper"]
        assert [one.origin for one in _keys(own, "production", **given).known(tx)] == list(given)
    with pytest.raises(Conflict) as refused, own.ledger.transaction() as tx:
        _keys(own, "production", **given).rotate(tx, Which.SANDBOX_AA)
    assert refused.value.code == "SECRET_NOT_HERE"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3),
)


@given(st.dictionaries(st.text(max_size=8), VALUES, min_size=1, max_size=6), st.data())
def test_any_document_is_genuine_until_one_member_changes_or_goes(
    content: dict[str, object], data: st.DataObject
) -> None:
    document = signed(content, KEY)
    assert is_genuine(document, [public_jwk(KEY.public_key())])
    name = data.draw(st.sampled_from(sorted(document)))
    assert not is_genuine({**document, name: "another"}, None)
    assert not is_genuine({other: value for other, value in document.items() if other != name}, None)


def test_checking_reads_what_is_there_and_makes_nothing(own: Desk) -> None:
    own.keys.check()
    assert own.lake.secrets == {}
    own.lake.secrets["peppers"] = b"damaged"
    with pytest.raises(CallerError) as refused:
        own.keys.check()
    assert refused.value.code == "SECRET_INVALID"


def test_given_peppers_behind_the_first_only_confirm(own: Desk) -> None:
    former, later = "ab" * 32, "cd" * 32
    old = _keys(own, BAHI_PEPPER=former).commit_to("XXXX1234")
    both = _keys(own, BAHI_PEPPER=f"{later},{former}")
    assert both.confirms(old, "XXXX1234") and not both.confirms(old, "XXXX1235")
    assert _keys(own, BAHI_PEPPER=later).confirms(both.commit_to("9"), "9")
    assert not _keys(own, BAHI_PEPPER=later).confirms(old, "XXXX1234")
