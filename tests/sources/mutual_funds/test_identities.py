"""What must add up in a registrar's answer, and what must be found again at the bank; several seeds, no noise."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest

from generators.people import Constitution
from kit.ident import is_synthetic_pan
from kit.scope import DataFilter, DateRange
from kit.source import Document
from tests.generators.frames import AS_OF
from tests.sources.mutual_funds.lived import SEEDS, Life, documents, life, of_kind, scaled

every_seed = pytest.mark.parametrize("seed", SEEDS)


def _place(document: Document) -> tuple[str, str]:
    return str(document["folioNo"]), str(document["isin"])


@every_seed
def test_units_at_the_nav_are_the_value(seed: int) -> None:
    found = documents(life(seed))
    holdings = of_kind("holding", found)
    assert holdings
    for one in holdings:
        worth = Fraction(scaled(one["closingUnits"], 3) * scaled(one["nav"], 4), 100_000)
        assert abs(worth - scaled(one["currentValue"], 2)) <= Fraction(1, 2)
        assert scaled(one["lienUnits"], 3) + scaled(one["lockinUnits"], 3) <= scaled(one["closingUnits"], 3)
    for envelope in of_kind("envelope", found):
        for account in envelope["accounts"]:  # type: ignore[union-attr]
            own = [one for one in holdings if one["linkRefNumber"] == account["linkRefNumber"]]  # type: ignore[index,call-overload]
            for field in ("currentValue", "costValue"):
                summed = sum(scaled(one[field], 2) for one in own)
                assert scaled(account["Summary"][field], 2) == summed  # type: ignore[index,call-overload]


@every_seed
def test_what_is_left_is_what_there_was_and_what_came(seed: int) -> None:
    of = life(seed)
    found = documents(of)
    moved: dict[tuple[str, str], int] = defaultdict(int)
    closing: dict[tuple[str, str], int] = {}
    for one in of_kind("transaction", found):
        units = scaled(one["units"], 3) * (1 if one["type"] == "BUY" else -1)
        before = closing.get(_place(one))
        closing[_place(one)] = scaled(one["closingUnits"], 3)
        assert before is None or before + units == closing[_place(one)]
        moved[_place(one)] += units
    evening = DateRange(date(2020, 1, 1), of.first - timedelta(days=1))
    opening = {
        (folio.number, held.scheme.isin): held.opening_units
        for folio in of.funds.folios
        for held in folio.holdings
    }
    if of.first > of.frame.first:
        earlier = Life(of.frame, of.funds, of.passed, of.frame.first, evening.last)
        opening = {
            _place(one): scaled(one["closingUnits"], 3) for one in of_kind("holding", documents(earlier))
        }
    for one in of_kind("holding", found):
        assert scaled(one["closingUnits"], 3) == opening[_place(one)] + moved[_place(one)]


@every_seed
def test_what_was_paid_is_what_was_allotted_less_the_duty(seed: int) -> None:
    of = life(seed)
    booked = {str(one["txnId"]): one for one in of_kind("transaction", documents(of))}
    orders = {order.document: order for order in of.funds.orders}
    for name, one in booked.items():
        paise, units, nav = scaled(one["amount"], 2), scaled(one["units"], 3), scaled(one["nav"], 4)
        kept = orders[name].kept_paise
        if one["type"] == "BUY":
            assert abs(Fraction(paise * 5, 100_000) - kept) <= Fraction(1, 2)
            assert abs(Fraction((paise - kept) * 100_000, nav) - units) <= Fraction(1, 2)
            assert str(one["narration"]).endswith(f"stamp duty {kept // 100}.{kept % 100:02}")
        else:
            assert abs(Fraction(units * nav, 100_000) - (paise + kept)) <= Fraction(1, 2)
            assert one["lock-inFlag"] == "NO"
    paid = {
        due.document: due.paise
        for due in of.funds.dues
        if (fate := of.passed.get(due.document)) and fate.paid_on and fate.paid_on >= of.first
    }
    money = {name: one for name, one in booked.items() if not name.startswith("SWITCH")}
    assert any(name.startswith("SIP") for name in paid) or not any(folio.sips for folio in of.funds.folios)
    for name, paise in paid.items():
        if name in money:
            assert abs(paise) == scaled(money[name]["amount"], 2)
            assert (paise < 0) == (money[name]["type"] == "BUY")
        else:
            fate = of.passed[name]
            is_waiting = paise < 0 and fate.paid_on is not None and fate.paid_on > AS_OF - timedelta(days=3)
            assert is_waiting or (paise > 0 and orders[name].on < of.first), "only over a weekend"


@every_seed
def test_a_returned_instalment_is_not_allotted_and_is_not_counted(seed: int) -> None:
    of = life(seed)
    found = documents(of)
    booked = {one["txnId"] for one in of_kind("transaction", found)}
    unpaid = {name for name, fate in of.passed.items() if fate.paid_on is None}
    assert not booked & unpaid
    plans = {(folio.number, sip.isin): sip for folio in of.funds.folios for sip in folio.sips}
    for one in of_kind("sip", found):
        sip = plans[_place(one)]
        presented = sum(sip.falls_on(n) <= of.as_of for n in range(1, sip.instalments_n + 1))
        failed = sum(name.startswith(f"{sip.id}/") for name in unpaid)
        complete, pending = int(str(one["completeInstalments"])), int(str(one["pendingInstalments"]))
        if one["ceasedDate"]:
            assert (
                pending == 0 and one["nextInstalmentDate"] == "" and str(one["ceasedDate"]) <= str(of.as_of)
            )
        else:
            assert complete + failed <= presented <= complete + failed + 1
            assert pending == sip.instalments_n - presented
            assert one["nextInstalmentDate"] == "" or str(one["nextInstalmentDate"]) > str(of.as_of)
        assert str(one["lastInstalmentDate"]) <= str(of.as_of) and str(one["creationDate"]) <= str(of.as_of)


@every_seed
def test_only_what_happened_by_the_day_of_the_look_is_told(seed: int) -> None:
    early = life(seed, date(2025, 9, 13))
    for one in of_kind("transaction", documents(early)):
        assert str(early.first) <= str(one["executionDate"]) <= str(early.as_of)
        assert str(one["orderDate"]) <= str(one["executionDate"]) == str(one["navDate"])
        assert date.fromisoformat(str(one["navDate"])).weekday() < 5
    assert {one["navDate"] for one in of_kind("holding", documents(early))} == {"2025-09-12"}
    late = {str(one["txnId"]): one for one in of_kind("transaction", documents(life(seed)))}
    for one in of_kind("transaction", documents(early)):
        if str(one["executionDate"]) >= str(life(seed).first):
            assert late[str(one["txnId"])] == one


@every_seed
def test_a_smaller_question_gets_the_same_lines(seed: int) -> None:
    of = life(seed)
    days = DateRange(date(2025, 6, 3), date(2025, 11, 20))
    of_all = [
        one
        for one in of_kind("transaction", documents(of))
        if str(days.first) <= str(one["executionDate"]) <= str(days.last)
    ]
    assert of_kind("transaction", documents(of, days=days)) == of_all
    later = documents(of, days=DateRange(days.last, of.as_of), types=("holding", "sip"))
    assert later == [one for one in documents(of) if one["kind"] in ("holding", "sip")]
    large = (DataFilter("TRANSACTIONAMOUNT", ">=", "5000"), DataFilter("TRANSACTIONTYPE", "=", "DEBIT"))
    filtered = documents(of, days=days, filters=large, types=("transaction",))
    assert filtered == [one for one in of_all if scaled(one["amount"], 2) >= 500_000 and one["type"] == "BUY"]


@pytest.mark.parametrize("constitution", Constitution)
def test_funds_stand_on_the_person_under_the_persons_pan(constitution: Constitution) -> None:
    of = life(3, constitution=constitution)
    owner = of.frame.owner
    for envelope in of_kind("envelope", documents(of, types=("envelope",))):
        for account in envelope["accounts"]:  # type: ignore[union-attr]
            (holder,) = account["Profile"]["Holders"]["Holder"]  # type: ignore[index,call-overload,misc]
            assert holder["pan"] == owner.pan and holder["name"] == owner.legal_name  # type: ignore[index,call-overload]
            assert is_synthetic_pan(str(holder["pan"]))  # type: ignore[index,call-overload]
    told = {one["kind"] for one in documents(of)}
    assert told >= {"envelope", "holding", "transaction"}
    if constitution is not Constitution.PROPRIETORSHIP:
        assert owner.id != "ENTITY" and len(documents(of, types=("envelope",))) == len(of.parties)


def test_who_holds_no_funds_gets_the_envelope_alone() -> None:
    (envelope,) = documents(life(2, invests=False))
    assert envelope["kind"] == "envelope" and envelope["accounts"] == [] and envelope["to"] == str(AS_OF)
    (unasked,) = documents(life(2), days=DateRange(date(2019, 1, 1), date(2019, 2, 1)))
    assert (unasked["from"], unasked["to"], unasked["accounts"]) == ("", "", [])
