"""Certificates of erasure: complete over every try, checked without the house, and nothing left that names anybody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from consent._proof import Jwk, public_jwk, signed
from consent.artefact import State
from consent.audit import Audit
from consent.certificate import checked
from consent.document import is_sealed
from consent.erasure import Erasure
from consent.grants import Use, Wanted
from consent.keys import Keys, public_keys
from consent.terms import GrantOrder, Party
from kit.canonical import dumps, sha256_hex
from kit.errors import BahiError, CallerError, NotFound, TransientError
from kit.ident import CustomerId
from tests.consent.desk import CUSTOMER, START, Desk, Paper
from tests.engines import REFUSES, untrapped
from warehouse.ledger import Ledger

KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()
MUTATIONS_N = 600


def _granted(desk: Desk, purpose: int = 103, party: str = "ENTITY") -> str:
    (consent,) = desk.consents.grant(GrantOrder(CUSTOMER, purpose, ("ledgers",), (Party(party),)))
    return consent.id


def _fetch(desk: Desk, key: str, purpose: int = 103) -> None:
    scope = desk.consents.open_scope(Wanted(CUSTOMER, purpose, Use.FETCH, fetch_key=key))
    desk.consents.record_use(scope, "ledgers", key)


def _certificate(desk: Desk, consent_id: str) -> dict[str, object]:
    *_, text = desk.erasure.certificates([consent_id])
    document: dict[str, object] = json.loads(text)
    return document


def _public(desk: Desk) -> tuple[Jwk, ...]:
    with desk.ledger.reading() as tx:
        return public_keys(tx)


def _printed(document: object) -> bytes:
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


# What it says.


def test_a_revocation_leaves_one_that_says_what_went_and_what_stays(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["bb" * 32, "aa" * 32]
    removal = desk.erasure.revoke(consent_id)
    (text,) = desk.erasure.certificates([consent_id])
    (found,) = checked(text, _public(desk))
    assert (found.certificate_id, found.consent_id) == (removal.erasure_id, consent_id)
    document = _certificate(desk, consent_id)
    said = {
        name: document[name] for name in ("customer", "party", "purpose", "reason", "deliveries_n", "files_n")
    }
    assert said == {
        "customer": CUSTOMER, "party": "ENTITY", "purpose": 103, "reason": "REVOKED", "deliveries_n": 2, "files_n": 2,
    }  # fmt: skip
    assert document["objects_sha256"] == sha256_hex(["aa" * 32, "bb" * 32]) == removal.objects_sha256
    assert document["kinds"] == [["raw delivery", 2]]
    remains = document["remains"]
    assert isinstance(remains, list)
    assert [one["what"] for one in remains] == [
        "the consent artefact", "the audit log", "a tombstone", "this certificate",
    ]  # fmt: skip
    assert all(one["why"].endswith(".") for one in remains)


def test_one_is_bound_into_the_audit_and_made_with_the_last_act(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.trap("INSERT", "certificate", REFUSES)
    with pytest.raises(Exception, match="trapped"):
        desk.erasure.revoke(consent_id)
    assert [row["state"] for row in desk.rows("erasure")] == ["pending"]
    assert "erasure.done" not in {entry.action for entry in desk.audit.entries()}
    assert desk.rows("signing_key") == []
    desk.sql(untrapped(desk.ledger.where, "certificate"))
    desk.erasure.finish_pending()
    assert _certificate(desk, consent_id)["consent_id"] == consent_id
    assert "erasure.done" in {entry.action for entry in desk.audit.entries()}


def test_asking_again_changes_nothing_and_gives_the_same_bytes(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    first, before = desk.erasure.revoke(consent_id), desk.erasure.certificates([consent_id])
    desk.clock.at = START + timedelta(days=3)
    with desk.ledger.transaction() as tx:
        desk.keys.rotate(tx)
    again = Erasure(desk.ledger, desk.lake, desk.audit, desk.keys)
    assert again.revoke(consent_id) == first
    assert again.certificates([consent_id]) == before
    assert checked(before[0], _public(desk))


def test_a_consent_that_stands_has_none(desk: Desk) -> None:
    consent_id = _granted(desk)
    with pytest.raises(NotFound) as refused:
        desk.erasure.certificates([consent_id])
    assert refused.value.code == "CERTIFICATE_MISSING" and refused.value.hint
    assert desk.erasure.certified(CUSTOMER) == frozenset()


@pytest.mark.parametrize("kills", [1, 2, 5])
def test_one_counts_what_every_try_took(desk: Desk, kills: int) -> None:
    """A try that is killed has told what it was about to remove; nothing is lost and nothing is counted twice."""
    consent_id = _granted(desk)
    shas = [f"{n:064x}" for n in range(5)]
    desk.lake.files[consent_id] = list(shas)
    for n in range(kills):
        desk.lake.kills.append(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            desk.erasure.revoke(consent_id)
        # The file that was told may be gone or not.
        if n % 2:
            desk.lake.files[consent_id].pop(0)
    again = Erasure(desk.ledger, desk.lake, desk.audit, desk.keys)
    (removal,) = again.finish_pending()
    assert (removal.deliveries_n, removal.objects_n) == (5, 5)
    assert _certificate(desk, consent_id)["objects_sha256"] == sha256_hex(shas)
    assert desk.rows("erasure_object") == []


def test_a_file_nobody_can_read_is_counted_without_a_hash(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw(*args: object, tell: Callable[[Sequence[Paper]], None], **named: object) -> None:
        tell([Paper("a", "clean", None), Paper("b", "clean", "bb"), Paper("c", "result", "bb")])

    monkeypatch.setattr(desk.lake, "withdraw", withdraw)
    consent_id = _granted(desk)
    removal = desk.erasure.revoke(consent_id)
    document = _certificate(desk, consent_id)
    assert (document["files_n"], document["objects_sha256"]) == (3, sha256_hex(["bb", "bb"]))
    assert document["kinds"] == [["clean", 2], ["result", 1]]
    assert (removal.deliveries_n, removal.objects_n) == (0, 2)


def test_no_object_is_bound_alone_so_that_none_can_be_guessed(desk: Desk) -> None:
    consent_id = _granted(desk)
    shas = [f"{n:064x}" for n in range(1, 4)]
    desk.lake.files[consent_id] = list(reversed(shas))
    desk.erasure.revoke(consent_id)
    (text,) = desk.erasure.certificates([consent_id])
    document = _certificate(desk, consent_id)
    assert (document["objects_n"], document["objects_sha256"]) == (3, sha256_hex(shas))
    assert not [sha for sha in shas if sha.encode() in text]


def test_each_of_two_parties_has_its_own_part_only(desk: Desk) -> None:
    entity, owner = _granted(desk), _granted(desk, party="OWNER")
    desk.lake.files.update({entity: ["aa"], owner: ["bb", "cc"]})
    desk.erasure.revoke(owner)
    document = _certificate(desk, owner)
    assert (document["party"], document["objects_sha256"]) == ("OWNER", sha256_hex(["bb", "cc"]))
    assert desk.erasure.certified(CUSTOMER) == {owner}
    desk.erasure.revoke(entity)
    assert _certificate(desk, entity)["objects_sha256"] == sha256_hex(["aa"])


def test_what_another_consent_holds_is_among_what_stays(desk: Desk) -> None:
    first, second = _granted(desk), _granted(desk)
    _fetch(desk, "k")
    desk.erasure.revoke(first)
    desk.erasure.revoke(second)
    others = "what other consents of this customer hold"
    assert [others in str(_certificate(desk, one)["remains"]) for one in (first, second)] == [True, False]


def test_the_end_of_a_life_has_one_for_each_consent(desk: Desk) -> None:
    ids = [_granted(desk), _granted(desk, party="OWNER")]
    for n, consent_id in enumerate(ids):
        desk.lake.files[consent_id] = [f"{n:064x}"]
    scope = desk.consents.open_scope(
        Wanted(CUSTOMER, 103, Use.FETCH, parties=("ENTITY", "OWNER"), fetch_key="k")
    )
    desk.consents.record_use(scope, "ledgers", "k")
    desk.clock.at = START + timedelta(days=31)
    assert len(desk.erasure.purge_due().removals) == 2
    for n, consent_id in enumerate(ids):
        document = _certificate(desk, consent_id)
        assert (document["reason"], document["objects_sha256"]) == (
            "DATA_LIFE_OVER",
            sha256_hex([f"{n:064x}"]),
        )
        assert is_sealed(desk.consents.consent(consent_id).artefact)


def test_under_periodic_each_life_has_one_and_the_consent_stays_as_signed(desk: Desk) -> None:
    consent_id = _granted(desk, 104)
    for days in (0, 31, 62):
        desk.clock.at = START + timedelta(days=days)
        assert bool(desk.erasure.purge_due().removals) == (days > 0)
        _fetch(desk, f"k{days}", 104)
    held = desk.consents.consent(consent_id)
    assert held.state is State.ACTIVE and not is_sealed(held.artefact)
    assert "as it was signed" in str(_certificate(desk, consent_id)["remains"])
    desk.erasure.revoke(consent_id)
    texts = desk.erasure.certificates([consent_id])
    assert [one.consent_id for text in texts for one in checked(text, _public(desk))] == [consent_id] * 3
    assert Counter(json.loads(text)["reason"] for text in texts) == {"DATA_LIFE_OVER": 2, "REVOKED": 1}
    assert is_sealed(desk.consents.consent(consent_id).artefact)


def test_without_the_key_the_data_goes_and_the_proof_follows(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.lake.files[consent_id] = ["aa"]
    bare = Erasure(desk.ledger, desk.lake, desk.audit, Keys(desk.lake, desk.clock, {}, "production"))
    with pytest.raises(CallerError) as refused:
        bare.revoke(consent_id)
    assert refused.value.code == "SECRET_MISSING"
    assert desk.lake.files == {}
    assert desk.consents.consent(consent_id).state is State.REVOKED
    ((_, error),) = bare.stuck()
    assert error.code == "SECRET_MISSING"
    assert desk.erasure.revoke(consent_id).objects_n == 1
    assert _certificate(desk, consent_id)["objects_sha256"] == sha256_hex(["aa"])


# How it is checked.


def _genuine() -> dict[str, object]:
    return {
        "kind": "erasure", "certificate_id": "e1", "customer": "ASHA", "consent_id": "c1", "party": "ENTITY",
        "purpose": 103, "reason": "REVOKED", "asked_at": "2026-11-20T04:30:00Z", "done_at": "2026-11-20T04:30:01Z",
        "deliveries_n": 1, "files_n": 3, "objects_n": 2, "objects_sha256": sha256_hex(["aa", "bb"]),
        "kinds": [["clean", 2], ["raw delivery", 1]],
        "remains": [{"what": "this certificate", "why": "It proves the removal."}],
    }  # fmt: skip


DOCUMENT = signed(_genuine(), KEY)
TEXTS = (dumps(DOCUMENT), dumps(DOCUMENT) + b"\n", _printed(DOCUMENT), dumps([DOCUMENT, DOCUMENT]))


def _refusal(content: bytes, keys: Sequence[Jwk] | None = None) -> str:
    with pytest.raises(CallerError) as refused:
        checked(content, keys)
    assert refused.value.code == "CERTIFICATE_INVALID"
    assert refused.value.hint
    return refused.value.message


@pytest.mark.parametrize("text", TEXTS)
def test_a_genuine_one_is_accepted_as_saved_and_as_printed(text: bytes) -> None:
    known = [public_jwk(OTHER_KEY.public_key()), public_jwk(KEY.public_key())]
    assert {(one.certificate_id, one.is_key_known) for one in checked(text, known)} == {("e1", True)}
    assert {one.is_key_known for one in checked(text, None)} == {False}


def test_any_changed_byte_is_refused(record_property: Callable[[str, object], None]) -> None:
    seed = Random().randrange(2**32)
    chance = Random(seed)
    known = [public_jwk(KEY.public_key())]
    for _ in range(MUTATIONS_N):
        content = bytearray(chance.choice(TEXTS))
        spot = chance.randrange(len(content.rstrip(b"\n")))
        act = chance.choice(("other", "gone", "more", "twice"))
        if act == "other":
            content[spot] ^= 1 << chance.randrange(8)
        elif act == "gone":
            del content[spot]
        elif act == "more":
            content.insert(spot, chance.choice(b' \n0a"{[,'))
        else:
            content[spot:spot] = content[spot : spot + chance.randrange(1, 40)]
        assert _refusal(bytes(content), known), f"seed {seed}"
    record_property("changed certificates refused", MUTATIONS_N)


def test_each_field_matters() -> None:
    for name, value in DOCUMENT.items():
        for other in (None, 0, "x", [], {}, [value], f"{value} "):
            if other != value:
                _refusal(dumps({**DOCUMENT, name: other}))
        _refusal(dumps({key: kept for key, kept in DOCUMENT.items() if key != name}))
    _refusal(dumps({**DOCUMENT, "note": "added"}))


def test_a_twin_of_a_member_cannot_hide_another_value() -> None:
    twin = dumps(DOCUMENT).replace(b'"deliveries_n":1', b'"deliveries_n":9,"deliveries_n":1')
    assert "not written as certificates are" in _refusal(twin)


def test_one_by_another_key_is_refused_by_name_and_told_apart_without_keys() -> None:
    forged = dumps(signed(_genuine(), OTHER_KEY))
    assert "none of the public keys" in _refusal(forged, [public_jwk(KEY.public_key())])
    assert checked(forged, None)[0].signed_by != checked(dumps(DOCUMENT), None)[0].signed_by


def test_what_a_certificate_says_twice_must_agree_even_when_it_is_signed() -> None:
    lies = {
        "do not add up": {"files_n": 4},
    }
    for told, lie in lies.items():
        assert told in _refusal(dumps(signed({**_genuine(), **lie}, KEY)))


ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
)


@given(st.sampled_from(sorted(_genuine())), ODD)
def test_an_odd_but_signed_document_is_accepted_or_refused_but_never_a_bug(name: str, value: object) -> None:
    with suppress(BahiError):
        checked(dumps(signed({**_genuine(), name: value}, KEY)), None)


@given(st.binary(max_size=40) | ODD.map(dumps))
def test_any_other_file_is_refused(content: bytes) -> None:
    _refusal(content)


# What it leaves in the ledger.

CANARIES = (
    "canary-vua@aa",
    "9000canary",
    "canary@mail.example",
    "canary-link-ref",
    "XXXXcanary",
    "canary.jws.text",
)


def _plant(desk: Desk, consent_id: str, tail: str = "") -> None:
    """Give an artefact the identifiers it would have had from an aggregator."""
    vua, mobile, email, link, masked, jws = (f"{canary}{tail}" for canary in CANARIES)
    with desk.ledger.transaction() as tx:
        (row,) = tx.all("SELECT artefact FROM consent WHERE id = :id", id=consent_id)
        artefact = json.loads(str(row["artefact"]))
        detail = artefact["ConsentDetail"]
        detail["Customer"] = {
            "id": vua,
            "Identifiers": [{"type": "MOBILE", "value": mobile}, {"type": "EMAIL", "value": email}],
        }
        detail["Accounts"] = [
            {
                "fiType": "DEPOSIT",
                "fipId": "FIP",
                "accType": "CURRENT",
                "linkRefNumber": link,
                "maskedAccNumber": masked,
            }
        ]
        artefact["signedConsent"] = jws
        tx.execute(
            "UPDATE consent SET artefact = :a WHERE id = :id", a=dumps(artefact).decode(), id=consent_id
        )


def _found(desk: Desk, tail: str = "") -> dict[str, int]:
    """Count each canary in every file of the ledger, its log included."""
    content = b"".join(path.read_bytes() for path in sorted(desk.folder.rglob("*")) if path.is_file())
    return {canary: content.count(f"{canary}{tail}".encode()) for canary in CANARIES}


def test_no_identifier_is_left_on_any_page_or_in_the_log(desk: Desk) -> None:
    ids = [_granted(desk) for _ in range(12)]
    for n, consent_id in enumerate(ids):
        _plant(desk, consent_id, f"-{n:02}-")
    gone = ids[1::3]
    for n in range(12):
        assert min(_found(desk, f"-{n:02}-").values()) >= 1
    for consent_id in gone:
        desk.erasure.revoke(consent_id)
    for n, consent_id in enumerate(ids):
        counts = set(_found(desk, f"-{n:02}-").values())
        assert counts == {0} if consent_id in gone else min(counts) >= 1, n


def test_a_sealed_consent_is_still_shown_and_its_commitments_are_confirmed(desk: Desk) -> None:
    consent_id = _granted(desk)
    _plant(desk, consent_id)
    (row,) = desk.rows("consent")
    desk.erasure.revoke(consent_id)
    (consent,) = desk.consents.listing(CUSTOMER)
    detail = consent.artefact.detail
    assert consent.artefact.signed_consent == f"sha256:{sha256_of(CANARIES[-1])}"
    held = (
        detail.customer_vua,
        *(one.value for one in detail.identifiers),
        detail.accounts[0].link_ref_number,
        detail.accounts[0].masked_acc_number,
    )
    assert all(desk.keys.confirms(one, canary) for one, canary in zip(held, CANARIES, strict=False))
    assert len(set(held)) == 5
    assert [one.type for one in detail.identifiers] == ["MOBILE", "EMAIL"]
    assert detail.accounts[0].fip_id == "FIP"
    before = desk.rows("consent")
    desk.erasure.revoke(consent_id)
    desk.erasure.finish_pending()
    assert desk.rows("consent") == before != [row]


def sha256_of(text: str) -> str:
    from hashlib import sha256

    return sha256(text.encode()).hexdigest()


def test_a_consent_erased_by_an_earlier_release_is_sealed_at_the_next_command(desk: Desk) -> None:
    consent_id = _granted(desk)
    desk.erasure.revoke(consent_id)
    _plant(desk, consent_id)
    desk.sql("UPDATE erasure SET scrubbed_at = NULL")
    assert min(_found(desk).values()) >= 1
    assert desk.erasure.finish_pending() == ()
    assert set(_found(desk).values()) == {0}


def test_a_log_that_a_reader_keeps_is_scrubbed_by_a_later_command(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent_id = _granted(desk)
    _plant(desk, consent_id)
    scrub = desk.ledger.scrub
    answers: list[bool | BahiError] = [False, TransientError("LEDGER_BUSY", "busy")]

    def held() -> bool:
        if not answers:
            return scrub()
        answer = answers.pop()
        if isinstance(answer, BahiError):
            raise answer
        return answer

    monkeypatch.setattr(desk.ledger, "scrub", held)
    desk.erasure.revoke(consent_id)
    for _ in range(2):
        assert [row["scrubbed_at"] for row in desk.rows("erasure")] == [None]
        assert sum(_found(desk).values()) > 0
        desk.erasure.finish_pending()
    assert [row["scrubbed_at"] is None for row in desk.rows("erasure")] == [False]
    assert set(_found(desk).values()) == {0}


def test_a_reader_that_looks_on_keeps_the_log_only_until_it_is_done(desk: Desk) -> None:
    consent_id = _granted(desk)
    _plant(desk, consent_id)
    impatient = Ledger(desk.ledger.path, busy_wait_s=0.05)
    erasure = Erasure(impatient, desk.lake, Audit(impatient, desk.clock, "test"), desk.keys)
    with desk.ledger.reading() as tx:
        assert tx.all("SELECT id FROM consent")
        erasure.revoke(consent_id)
        assert sum(_found(desk).values()) > 0
    erasure.finish_pending()
    impatient.close()
    assert set(_found(desk).values()) == {0}


def test_one_unreadable_consent_keeps_no_other_customer_from_being_scrubbed(desk: Desk) -> None:
    broken = _granted(desk)
    desk.erasure.revoke(broken)
    desk.sql("UPDATE consent SET artefact = '{}' WHERE id = :id", id=broken)
    desk.sql("UPDATE erasure SET scrubbed_at = NULL")
    (sound,) = desk.consents.grant(GrantOrder(CustomerId("OTHER"), 103, ("ledgers",)))
    _plant(desk, sound.id)
    desk.erasure.revoke(sound.id)
    assert set(_found(desk).values()) == {0}
    scrubbed = {row["consent_id"]: row["scrubbed_at"] is not None for row in desk.rows("erasure")}
    assert scrubbed == {broken: False, sound.id: True}
