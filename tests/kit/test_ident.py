from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import ident
from kit.chance import Stream
from kit.errors import CallerError
from kit.ident import Grade, GstinKind

BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GSTIN = "27AAPFU0000F1ZJ"

streams = st.integers(0, 10**6).map(lambda seed: Stream("ident", seed))
pans = st.builds(ident.synthetic_pan, streams, st.sampled_from(ident.PAN_HOLDERS))
gstins = st.builds(
    ident.synthetic_gstin, pans, st.sampled_from(sorted(ident.STATES)), st.integers(min_value=1, max_value=35)
)


def by_hand(first_14: str) -> str:
    """The rule as the standard words it: factors 1, 2, 1, 2 and the digits of each product in base 36."""
    total = 0
    for letter, factor in zip(first_14, [1, 2] * 7, strict=True):
        high, low = divmod(BASE_36.index(letter) * factor, 36)
        total += high + low
    return BASE_36[(36 - total % 36) % 36]


@pytest.mark.parametrize("text", ["X", "0", "MSME_0001", "A-B", "9" * 40])
def test_good_customer_ids_pass_unchanged(text: str) -> None:
    assert ident.customer_id(text) == text
    assert ident.party_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "../", "..", "A/../B", "A\x00", "\x00", "A\n", "A\r\n", "\nA", "A B", "msme_1", "_A", "-A", ".A",
        "A.B", "A\\B", "MSME_\u0661\u0662", "MSME_\u0967", "\uff21", "A\u200d", "É", "A" * 41, "A" * 200, "A" * 10**6,
    ],
)  # fmt: skip
def test_hostile_customer_ids_are_refused_without_an_echo(text: str) -> None:
    for accept, code in ((ident.customer_id, "CUSTOMER_ID_INVALID"), (ident.party_id, "PARTY_ID_INVALID")):
        with pytest.raises(CallerError) as refused:
            accept(text)
        said = refused.value.message + refused.value.hint
        assert refused.value.code == code
        assert refused.value.hint
        assert said.isascii() and said.isprintable() and len(said) < 300


@given(st.text(max_size=60))
def test_an_accepted_customer_id_is_always_a_safe_folder_name(text: str) -> None:
    try:
        accepted = ident.customer_id(text)
    except CallerError:
        return
    assert accepted == text and 1 <= len(text) <= 40
    assert set(text) <= set(BASE_36 + "_-") and text[0] not in "_-"


def test_the_check_character_of_a_known_gstin() -> None:
    assert by_hand(GSTIN[:14]) == ident.gstin_check_char(GSTIN[:14]) == GSTIN[14]


@given(gstins)
@settings(max_examples=30)
def test_every_change_of_one_character_is_caught(gstin: str) -> None:
    assert ident.gstin_grade(gstin) is Grade.VALID
    for place in range(15):
        for letter in BASE_36:
            changed = gstin[:place] + letter + gstin[place + 1 :]
            assert (ident.gstin_grade(changed) is Grade.VALID) == (changed == gstin)


@given(st.text(BASE_36, min_size=14, max_size=14))
def test_the_check_character_agrees_with_the_rule_by_hand(first_14: str) -> None:
    assert ident.gstin_check_char(first_14) == by_hand(first_14)


def test_grades_tell_empty_malformed_and_mistyped_apart() -> None:
    wrong = GSTIN[:14] + ("0" if GSTIN[14] != "0" else "1")
    assert ident.gstin_grade(wrong) is Grade.WRONG_CHECK
    assert [ident.gstin_grade(text) for text in (None, "", "  ")] == [Grade.EMPTY] * 3
    for text in (
        GSTIN.lower(),
        GSTIN + "\n",
        " " + GSTIN,
        GSTIN[:14],
        "00" + GSTIN[2:],
        "28" + GSTIN[2:],
        "NA",
    ):
        assert ident.gstin_grade(text) is Grade.MALFORMED
    assert ident.gstin_grade("27AAPFU" + "\u0660" * 4 + "F1Z5") is Grade.MALFORMED


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (GSTIN, GstinKind.TAXPAYER),
        ("27AAPFU0000F1D5", GstinKind.TDS_DEDUCTOR),
        ("27AAPFU0000F1C5", GstinKind.TCS_COLLECTOR),
        ("27AAPF00000F1Z5", GstinKind.GOVERNMENT),
        ("0727UNO00001UNX", GstinKind.UN_BODY),
        ("0727USA00001NRX", GstinKind.NON_RESIDENT),
        ("9927USA00001OSX", GstinKind.ONLINE_SERVICE),
        ("hello", None),
    ],
)
def test_the_kind_is_told_by_the_shape(text: str, kind: GstinKind | None) -> None:
    assert ident.gstin_kind(text) is kind


@given(pans, st.sampled_from(sorted(ident.STATES)))
def test_synthetic_identifiers_are_well_formed_and_unreal(pan: str, state: str) -> None:
    gstin = ident.synthetic_gstin(pan, state)
    assert ident.pan_grade(pan) is Grade.VALID and ident.is_synthetic_pan(pan)
    assert ident.gstin_grade(gstin) is Grade.VALID
    assert ident.gstin_pan(gstin) == pan


def test_what_is_not_unreal_is_not_built_into_a_gstin() -> None:
    for pan, state, registration in (
        ("AAPFU0000", "27", 1),
        ("AAPFU0000F", "28", 1),
        ("AAPFU0000F", "27", 36),
    ):
        with pytest.raises(ValueError, match="synthetic"):
            ident.synthetic_gstin(pan, state, registration)
    with pytest.raises(ValueError, match="holder letter"):
        ident.synthetic_pan(Stream(1), "X")


def test_a_pan_is_graded_by_shape_and_holder() -> None:
    assert ident.pan_grade("AAPFU0000F") is Grade.VALID
    for text in ("AAPXU0000F", "aapfu0000f", "AAPFU000F", "AAPFU0000F\n", "AAPFU00O0F"):
        assert ident.pan_grade(text) is Grade.MALFORMED
    assert ident.pan_grade("") is Grade.EMPTY
    assert not ident.is_synthetic_pan("") and not ident.is_synthetic_pan("0000")


def test_an_ifsc_has_a_zero_in_the_fifth_place() -> None:
    assert ident.ifsc_grade("BAHI0000001") is Grade.VALID
    assert ident.ifsc_grade("BAHI0A0001Z") is Grade.VALID
    assert ident.ifsc_grade("BAHIO000001") is Grade.MALFORMED
    assert ident.ifsc_grade(None) is Grade.EMPTY


@given(st.text(BASE_36, max_size=30))
def test_a_mask_keeps_the_length_and_at_most_four_characters(text: str) -> None:
    hidden = ident.masked(text)
    assert len(hidden) == len(text)
    shown = 4 if len(text) >= 8 else 0
    assert hidden[: len(text) - shown] == "X" * (len(text) - shown)
    assert hidden[len(text) - shown :] == text[len(text) - shown :]
