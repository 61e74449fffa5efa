"""The quick reading and the careful one agree, and nothing a line holds can crash either."""

from __future__ import annotations

import orjson
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kit.source import Document, Fate, Json
from sources.bank._line import unpacked
from sources.bank._movement import Canonical, mended
from tests.sources import given
from tests.sources.bank.lines import envelope, holder, items, summary, transaction

SETTINGS = settings(deadline=None, max_examples=300)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(
        ["100.00", "-5.00", "1,00,000.00", "2026-01-05", "CREDIT", "Dr", "", "18:30", "|", " x"]
    ),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)
NAMES = st.sampled_from(sorted(transaction())) | st.text(max_size=8)
PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "amount": st.from_regex(r"-?[0-9]{1,15}\.[0-9]{2}", fullmatch=True),
        "transactionalBalance": st.from_regex(r"-?[0-9]{1,15}\.[0-9]{1,2}", fullmatch=True),
        "transactionTimestamp": st.from_regex(
            r"2026-0[1-9]-[0-3][0-9]T[0-2][0-9]:[0-5]0:00\+05:30", fullmatch=True
        ),
        "valueDate": st.sampled_from(["2026-01-05", "2026-02-30", "2026-01-06"]),
        "narration": st.text("ab |é\t", max_size=4),
        "reference": st.text("01 |", max_size=3),
        "txnId": st.text("AB|", max_size=3),
        "mode": st.sampled_from(["UPI", "NEFT", "upi", "BARTER"]),
        "type": st.sampled_from(["CREDIT", "DEBIT", "credit"]),
    },
)


@SETTINGS
@drawn(changed=PLAIN)
def test_what_is_read_quickly_is_what_is_read_carefully(changed: dict[str, str]) -> None:
    (item,) = items(transaction(1, **changed))
    assert item.body is not None
    quick = Canonical().line_of(item, item.body)
    if quick is not None:
        assert quick == mended(item, item.body)
        assert not unpacked(quick[1]).notes


def test_every_line_of_a_clean_provider_is_read_quickly() -> None:
    (lines,) = given.delivered("bank", given.business(rows=1_500))[0].values()
    canonical = Canonical()
    movements = [line for line in lines if b'"transaction"' in line]
    read = [canonical.line_of(item, item.body or {}) for item in given.items(movements)]
    assert None not in read and len(read) > 1_000


@SETTINGS
@drawn(changed=st.dictionaries(NAMES, VALUES, max_size=4))
def test_no_transaction_crashes_the_cleaner(changed: dict[str, Json]) -> None:
    _meets_one_fate(transaction(1) | changed)


@SETTINGS
@drawn(
    place=st.sampled_from(["top", "account", "summary", "holder", "holders", "period"]),
    name=st.sampled_from(
        [*summary(), *holder(), "accounts", "Profile", "Summary", "Transactions", "startDate"]
    )
    | st.text(max_size=8),
    value=VALUES,
)
def test_no_envelope_crashes_the_cleaner(place: str, name: str, value: Json) -> None:
    changed = {name: value}
    sent = {
        "top": lambda: envelope() | changed,
        "account": lambda: envelope(**changed),
        "summary": lambda: envelope(Summary=summary(**changed)),
        "holder": lambda: envelope(Profile={"Holders": {"Holder": [holder(**changed)]}}),
        "holders": lambda: envelope(Profile={"Holders": changed}),
        "period": lambda: envelope(Transactions=changed),
    }[place]()
    _meets_one_fate(sent)


def _meets_one_fate(sent: Document) -> None:
    (item,) = given.items([orjson.dumps(sent)])
    (outcome,) = given.cleaned("bank", [item])
    assert outcome.fate in (Fate.CLEAN, Fate.QUARANTINED)
    if outcome.document is not None:
        assert outcome.reason is None
        given.sources.source("bank").read(orjson.loads(orjson.dumps(outcome.document)))
    else:
        assert outcome.reason != "SCHEMA_REFUSED"
