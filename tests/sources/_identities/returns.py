"""GST: tax exact on every row, 3B as the sum of GSTR-1, credit as 2B gives it, tax paid by credit and cash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from kit.ident import Grade, GstinKind, gstin_grade, gstin_kind
from tests.sources._identities.told import Answers, Body, Fault, Line, paise, tax_day

HEADS = (("iamt", "igst"), ("camt", "cgst"), ("samt", "sgst"))
RATES_CHANGED = date(2025, 9, 22)
RATES = {Decimal(rate) for rate in ("0", "0.25", "3", "5", "18")}
OLD, NEW = RATES | {Decimal(12), Decimal(28)}, RATES | {Decimal(40)}
# Rows to consumers add up to this many takings, each rounded on its own: days of a quarter by ways to pay.
TAKINGS_N = 93 * 3
# The longest a supplier waits before he tells of a sale.
TOLD_LATE = timedelta(days=92)
Sum = tuple[int, ...]
NOTHING: Sum = (0, 0, 0, 0)


def heads(part: Body) -> Sum:
    """Value and the three heads of tax, under either spelling."""
    return (
        paise(part.get("txval", 0)),
        *(paise(part.get(short, part.get(full, 0))) for short, full in HEADS),
    )


def added(one: Sum, other: Sum, sign: int = 1) -> Sum:
    """Add part by part."""
    return tuple(a + sign * b for a, b in zip(one, other, strict=True))


def exact_tax(answers: Answers) -> Iterator[Fault]:
    """Tax is value times rate, rounded to the paisa; which heads bear it goes by the place of supply.

    A document may be rounded to the rupee as a whole. A row that adds up takings may stray by half a paisa for each.
    """
    for line in (*answers.of("gst", kind="outward"), *answers.of("gst", kind="inward")):
        body = line.body
        if body["section"] in ("b2b", "b2cl", "cdnr", "exp", "cdnur"):
            yield from _document(line, body.get("inv") or body["nt"])
        elif body["section"] == "b2cs":
            yield from _row(line, body, body["pos"] != body["gstin"][:2], TAKINGS_N)


def _document(line: Line, paper: Body) -> Iterator[Fault]:
    total = 0
    is_abroad = line.body["section"] in ("exp", "cdnur")
    seller = line.body["ctin"] if line.body["kind"] == "inward" else line.body["gstin"]
    is_inter = is_abroad or paper.get("pos", line.body.get("pos")) != seller[:2]
    for item in paper.get("itms") or paper["items"]:
        detail = item.get("itm_det", item)
        total += sum(heads(detail))
        yield from _row(line, detail, is_inter, 1)
        day = tax_day(paper.get("idt") or paper.get("dt") or paper["nt_dt"])
        if "nt" not in line.body and Decimal(str(detail["rt"])) not in (OLD if day < RATES_CHANGED else NEW):
            yield Fault(line, "a rate of tax that did not exist on its day")
    if abs(total - paise(paper["val"])) > 50:
        yield Fault(line, f"items of {total} paise make a document of {paise(paper['val'])}")


def _row(line: Line, row: Body, is_inter: bool, takings_n: int) -> Iterator[Fault]:
    value, igst, cgst, sgst = heads(row)
    tax = Decimal(value) * Decimal(str(row["rt"])) / 100
    if cgst != sgst or (is_inter and cgst) or (igst and not is_inter):
        yield Fault(line, "tax stands under heads that do not fit the place of supply")
    for told, owed in ((igst, tax if is_inter else 0), (cgst, 0 if is_inter else tax / 2)):
        if abs(told - Decimal(owed)) * 2 > takings_n:
            yield Fault(line, f"a tax of {told} paise where {owed} is owed")


def summed(answers: Answers) -> Iterator[Fault]:
    """3B is the sum of GSTR-1 of its period; the law lets 3B leave out what is told of only later, which nobody does here.

    Papers are told by their own days, so a period that began before the first day is not reckoned.
    """
    back = _months_of_a_return(answers)
    taxed: dict[str, Sum] = defaultdict(lambda: NOTHING)
    apart: dict[tuple[str, str], int] = defaultdict(int)
    for line in answers.of("gst", kind="outward"):
        _count(line.body, _return_of(line.body["fp"], back), taxed, apart)
    for line in answers.of("gst", kind="return3b"):
        period, said = line.body["ret_period"], line.body["sup_details"]
        if begins(period, back) < answers.first:
            continue
        if heads(said["osup_det"]) != taxed[period]:
            yield Fault(line, f"3B says {heads(said['osup_det'])}, GSTR-1 adds up to {taxed[period]}")
        for name, place in (("abroad", "osup_zero"), ("nil", "osup_nil_exmp")):
            if paise(said[place]["txval"]) != apart[name, period]:
                yield Fault(line, f"{place} is not the {apart[name, period]} paise of GSTR-1")


def _months_of_a_return(answers: Answers) -> int:
    return (
        3 if any(line.body["frq"] == "Q" for line in answers.of("gst", kind="filing", form="GSTR3B")) else 1
    )


def _return_of(period: str, months_n: int) -> str:
    month = int(period[:2])
    return f"{month + -month % months_n:02}{period[2:]}"


def begins(period: str, months_n: int) -> date:
    """The first day of a return's months."""
    return date(int(period[2:]), int(period[:2]) - months_n + 1, 1)


def _count(body: Body, period: str, taxed: dict[str, Sum], apart: dict[tuple[str, str], int]) -> None:
    section = body["section"]
    if section == "b2cs":
        taxed[period] = added(taxed[period], heads(body))
    elif section == "nil":
        apart["nil", period] += paise(body["expt_amt"]) + paise(body["nil_amt"])
    elif section in ("b2b", "b2cl", "cdnr", "exp", "cdnur"):
        sign = -1 if "nt" in body else 1
        for item in (body.get("inv") or body["nt"])["itms"]:
            told = heads(item.get("itm_det", item))
            if section in ("exp", "cdnur"):
                apart["abroad", period] += sign * told[0]
            else:
                taxed[period] = added(taxed[period], told, sign)


def credit(answers: Answers) -> Iterator[Fault]:
    """Suppliers in 2B have valid registrations, their rows make its sum, and 3B takes exactly that sum.

    Suppliers may tell of a purchase months after its day, so the rows of the first returns are only a part of the sum.
    """
    told: dict[str, Sum] = defaultdict(lambda: NOTHING)
    for line in answers.of("gst", kind="inward"):
        ctin = line.body["ctin"]
        if gstin_grade(ctin) is not Grade.VALID or gstin_kind(ctin) is not GstinKind.TAXPAYER:
            yield Fault(line, "a supplier without a valid registration")
        for item in line.body["inv"]["items"]:
            told[line.body["rtnprd"]] = added(told[line.body["rtnprd"]], heads(item))
    given: dict[str, Sum] = {}
    for line in answers.of("gst", kind="filing", form="GSTR2B"):
        given[line.body["rtnprd"]] = heads(line.body["itcsumm"]["itcavl"]["nonrevsup"])[1:]
        rows = told[line.body["rtnprd"]][1:]
        is_whole = begins(line.body["rtnprd"], 1) >= answers.first + TOLD_LATE
        sums = given[line.body["rtnprd"]]
        if rows != sums and (is_whole or any(row > whole for row, whole in zip(rows, sums, strict=True))):
            yield Fault(line, f"2B says {sums}, its rows add up to {rows}")
    for line in answers.of("gst", kind="return3b"):
        taken = NOTHING
        for row in line.body["itc_elg"]["itc_avl"]:
            taken = added(taken, heads(row))
        if taken[1:] != given.get(line.body["ret_period"], taken[1:]):
            yield Fault(line, "3B takes another credit than 2B gives")


def settled(answers: Answers) -> Iterator[Fault]:
    """In 3B each head owed is what credit and cash pay; credit in hand is what is available less what is turned back."""
    for line in answers.of("gst", kind="return3b"):
        elig, pay = line.body["itc_elg"], line.body["tx_pmt"]
        net = NOTHING
        for name, sign in (("itc_avl", 1), ("itc_rev", -1)):
            for row in elig[name]:
                net = added(net, heads(row), sign)
        if heads(elig["itc_net"]) != net:
            yield Fault(line, "credit in hand is not what is available less what is turned back")
        for head, letter in (("igst", "i"), ("cgst", "c"), ("sgst", "s")):
            by = sum(paise(value) for name, value in pay["pditc"].items() if name.startswith(f"{letter}_pd"))
            if paise(pay["tx_py"][0][head]["tx"]) != by + paise(pay["pdcash"][0][f"{letter}pd"]):
                yield Fault(line, f"{head} is owed but not paid, or paid and not owed")
        outward = heads(line.body["sup_details"]["osup_det"])[1:]
        owed = tuple(paise(pay["tx_py"][0][head]["tx"]) for head in ("igst", "cgst", "sgst"))
        if any(due > max(out, 0) for due, out in zip(owed, outward, strict=True)):
            yield Fault(line, "more tax is owed than was charged")


def collected(answers: Answers) -> Iterator[Fault]:
    """Composition's CMP-08 is its rate on its turnover, half to each head."""
    for line in answers.of("gst", kind="composition", form="CMP08"):
        value, igst, cgst, sgst = heads(line.body["outward_supp"])
        owed = {(Decimal(value) * rate / 200).quantize(Decimal(1), ROUND_HALF_UP) for rate in (1, 5, 6)}
        if igst or cgst != sgst or min(abs(cgst - tax) for tax in owed) > 1:
            yield Fault(line, f"{cgst} paise a head on a turnover of {value}")
