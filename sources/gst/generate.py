"""The tax office's portal as provider: it writes a business's returns in the forms they were filed in, or as aggregators carry them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple
from zlib import crc32

from generators.filings import filings_of
from generators.forms import CompositionTold, CreditTold, Filings, Heading, ReturnTold, SalesTold, Small
from generators.gst import FILE, heading, operator_gstin
from generators.mess import Mess
from generators.outward import ABROAD
from generators.papers import Invoice, Purchase, Registration, Scheme, Supply, Tax
from generators.people import Constitution, Party
from generators.soil import Shape
from generators.world import Business
from kit.chance import Stream
from kit.period import Month, isoformat_ist
from kit.ratio import half_even
from kit.scope import DateRange
from kit.shapes import text, whole
from kit.source import Channel, Document, Json, Parcel, Pull
from sources.gst._envelope import VERSION, Answer, Taxpayer, carried_envelope, official_envelope
from sources.gst._papers import (
    Paper,
    b2b,
    b2cl,
    carried_invoice,
    export,
    inward,
    note,
    note_to_others,
    renamed,
)
from sources.gst._returns import Summary, carried, official
from sources.gst._sections import consumers, exempt, headed, numbered, through
from sources.gst._written import all_heads, day, period, rupees, valued

STANDINGS = {
    Constitution.PROPRIETORSHIP: "Proprietorship",
    Constitution.PARTNERSHIP: "Partnership",
    Constitution.LLP: "Limited Liability Partnership",
    Constitution.COMPANY: "Private Limited Company",
}
_OUT: Document = {"kind": "outward"}
_SOLD: Document = {"kind": "outward", "section": "b2b"}
_BOUGHT: Document = {"kind": "inward", "section": "b2b"}
_FILED: Document = {"kind": "filing"}
_SUMMED: Document = {"kind": "return3b"}
_LUMP: Document = {"kind": "composition"}
_ITEM = "itms.0.itm_det"
_HEADS = ("iamt", "camt", "samt")


def _invoice_shape(at: str, enums: tuple[str, ...]) -> Shape:
    number, on = ("nt_num", "nt_dt") if at == "nt" else ("inum", "idt")
    amounts = (f"{at}.val", f"{at}.{_ITEM}.txval", *(f"{at}.{_ITEM}.{head}" for head in _HEADS))
    return Shape(
        amounts=amounts,
        days=(f"{at}.{on}",),
        moments=(),
        enums=enums,
        texts=(),
        needed=(f"{at}.{number}", f"{at}.{on}", *amounts[:2]),
    )


SHAPES: Mapping[str, Shape] = {
    "b2b": _invoice_shape("inv", ("inv.rchrg", "inv.inv_typ")),
    "b2cl": _invoice_shape("inv", ()),
    "cdnr": _invoice_shape("nt", ("nt.ntty", "nt.rchrg", "nt.inv_typ")),
    "b2cs": Shape(("txval", "camt", "samt"), ("dof",), (), ("sply_ty",), (), ("txval", "dof")),
    "hsn": Shape(("txval", "iamt", "camt", "samt"), ("dof",), (), (), ("desc",), ("txval", "hsn_sc")),
    "inward": Shape(
        ("inv.val", "inv.items.0.txval", "inv.items.0.igst", "inv.items.0.cgst", "inv.items.0.sgst"),
        ("inv.dt", "supfildt"),
        (),
        ("inv.rev", "inv.itcavl"),
        ("trdnm",),
        ("inv.inum", "inv.dt", "inv.val", "inv.items.0.txval"),
    ),
    "carried": Shape(
        ("val", "itm_det.itm.0.txval"),
        ("idt",),
        (),
        ("rchrg", "inv_typ"),
        (),
        ("inum", "idt", "val", "itm_det.itm.0.txval"),
    ),
}


class _Line(NamedTuple):
    on: date
    document: Document


def generate(business: Business, pull: Mapping[str, Pull], stream: Stream, mess: Mess) -> Iterator[Parcel]:
    """Answer for each party asked about; the registration stands on one of them, the others have an envelope alone."""
    filings: Filings | None = None
    for party_id in sorted(pull):
        party = business.party(party_id)
        desk = None
        if business.registration is not None and business.registration.party == party_id:
            filings = filings or filings_of(business)
            desk = _Desk(business, business.registration, filings)
        noise = stream.branch("mess", party_id, pull[party_id].range.last.isoformat())
        documents = _documents(desk, party, pull[party_id])
        yield Parcel(party_id, mess.soiled(documents, _shape, noise, party_id))


def _shape(document: Document) -> Shape | None:
    if "itm_det" in document:
        return SHAPES["carried"]
    kind = str(document["kind"])
    section = str(document.get("section", "")).partition("_")[0]
    return SHAPES.get("inward" if kind == "inward" else section if kind == "outward" else "")


def _documents(desk: _Desk | None, party: Party, pull: Pull) -> Iterator[Document]:
    if "profile" in pull.record_types:
        yield _head(desk, party, pull)
    if desk is None:
        return
    days = desk.days(pull.range)
    for line in desk.carried() if pull.channel == Channel.AA else desk.official():
        if days.first <= line.on <= days.last and line.document["kind"] in pull.record_types:
            yield line.document


def _head(desk: _Desk | None, party: Party, pull: Pull) -> Document:
    days = pull.range if desk is None else desk.days(pull.range)
    is_covered = desk is not None and days.first <= days.last
    first, last = (days.first.isoformat(), days.last.isoformat()) if is_covered else ("", "")
    answer = Answer(first, last, isoformat_ist(pull.answered_at))
    known = Taxpayer("", party.legal_name, "", "", "", "", "") if desk is None else desk.taxpayer
    if pull.channel == Channel.AA:
        return carried_envelope(known, answer)
    return official_envelope(known, answer, [] if desk is None else desk.schedule(days))


def _taxpayer(known: Registration, constitution: Constitution) -> Taxpayer:
    return Taxpayer(
        gstin=known.gstin,
        legal_name=known.legal_name,
        trade_name=known.trade_name,
        constitution=STANDINGS[constitution],
        type="Composition" if known.scheme is Scheme.COMPOSITION else "Regular",
        status="Active",
        registered_on=day(known.registered_on),
    )


class _Desk:
    """Writes the returns of one registration."""

    def __init__(self, business: Business, registration: Registration, filings: Filings) -> None:
        self.registration = registration
        self.taxpayer = _taxpayer(registration, business.constitution)
        self._business, self._filings = business, filings
        self._figures = business.frame.figures[FILE]
        is_monthly = registration.scheme is Scheme.MONTHLY
        self._frequency = "M" if is_monthly else "Q"
        self._filing_frequency = "MONTHLY" if is_monthly else "QUARTERLY"

    def days(self, asked: DateRange) -> DateRange:
        """Nothing is told of days before the provider remembers or after the look."""
        first = max(asked.first, self._business.first, self.registration.registered_on)
        return DateRange(first, min(asked.last, self._business.as_of))

    def schedule(self, days: DateRange) -> list[Json]:
        """List the returns due or filed in the days asked for, those still missing too."""
        return [
            {
                "rtntype": one.form,
                "ret_prd": period(one.period),
                "dof": "" if one.filed_on is None else day(one.filed_on),
                "status": "Not Filed" if one.filed_on is None else "Filed",
                "arn": "" if one.filed_on is None else self._arn(one.form, one.period),
            }
            for one in self._filings.expected
            if days.first <= (one.filed_on or one.due_on) <= days.last
        ]

    def official(self) -> Iterator[_Line]:
        """All lines in the tax office's own forms."""
        for sales in self._filings.sales:
            top = self._top(sales.form, sales.period, sales.filed_on, "fp")
            yield self._header(top, sales.filed_on, {"version": VERSION, "hash": "hash"})
            for write in (
                self._papers,
                self._small,
                self._exempt,
                self._headings,
                self._series,
                self._operators,
            ):
                yield from write(sales, _OUT | top)
        for one in self._filings.returns:
            top = self._top("GSTR3B", one.period, one.filed_on, "ret_period")
            yield self._header(top, one.filed_on, {})
            ledger = 1_000 + crc32(self._arn("GSTR3B", one.period).encode()) % 4_000
            yield _Line(one.filed_on, _SUMMED | top | official(_summary(one), ledger))
        for credit in self._filings.credits:
            yield from self._credits(credit)
        for composed in self._filings.composition:
            yield from self._composed(composed)

    def carried(self) -> Iterator[_Line]:
        """What account aggregators carry: invoices to registered buyers, and 3B."""
        for sales in self._filings.sales:
            top = self._carried_top("GSTR1", sales.period, sales.filed_on)
            yield _Line(sales.filed_on, _FILED | top)
            for one in sales.papers:
                if one.supply is Supply.B2B:
                    yield _Line(one.on, _SOLD | top | carried_invoice(self._held(one, one.buyer)))
        for told in self._filings.returns:
            top = self._carried_top("GSTR3B", told.period, told.filed_on)
            yield _Line(told.filed_on, _FILED | top)
            yield _Line(told.filed_on, _SUMMED | top | carried(_summary(told)))

    def _top(self, form: str, of: Month, filed_on: date, name: str) -> Document:
        return {"form": form, "gstin": self.registration.gstin, name: period(of), "dof": day(filed_on)}

    def _carried_top(self, form: str, of: Month, filed_on: date) -> Document:
        return {
            "form": form,
            "ret_prd": period(of),
            "dof": day(filed_on),
            "filingFrequency": self._filing_frequency,
            "status": "Filed",
        }

    def _header(self, top: Document, on: date, more: Document) -> _Line:
        of = next(str(top[name]) for name in ("fp", "ret_period", "rtnprd") if name in top)
        arn = self._arn(str(top["form"]), Month(int(of[2:]), int(of[:2])))
        told: Document = {"kind": "filing", **top, "status": "Filed", "arn": arn, "frq": self._frequency}
        return _Line(on, told | more)

    def _arn(self, form: str, of: Month) -> str:
        number = crc32(f"{form}{of}{self.registration.gstin}".encode()) % 1_000_000
        return f"AA{self.registration.state}{of.month:02}{of.year % 100:02}{number:06}{form[-1]}"

    def _gstin(self, counterparty: str) -> str:
        known = self._business.counterparties.get(counterparty)
        return "" if known is None else known.gstin

    def _is_inter(self, place: str) -> bool:
        return place != self.registration.state

    def _papers(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        for one in sales.papers:
            section, told = self._paper(one)
            yield _Line(one.on, top | {"section": section} | told)

    def _paper(self, one: Invoice) -> tuple[str, Document]:
        paper = self._held(one, one.buyer)
        if one.supply is Supply.CREDIT_NOTE:
            if one.place == ABROAD or not paper.gstin:
                return "cdnur", note_to_others(paper, "EXPWOP" if one.place == ABROAD else "B2CL")
            return "cdnr", note(paper)
        if one.supply is Supply.EXPORT:
            return "exp", export(paper)
        if one.supply is Supply.B2C_LARGE or not paper.gstin:
            return "b2cl", b2cl(paper)
        return "b2b", b2b(paper)

    def _held(self, one: Invoice | Purchase, other: str) -> Paper:
        return Paper(
            one.number,
            one.on,
            self._gstin(other),
            one.place,
            one.rate_bps,
            one.tax,
            one.value_paise,
            bool(one.tax.igst_paise) or self._is_inter(one.place),
        )

    def _small(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        for one in sales.small:
            etin = self._operator(one) if one.via else ""
            place = one.place, self._is_inter(one.place)
            yield _Line(sales.filed_on, top | consumers(place, etin, one.rate_bps, one.tax))

    def _operator(self, one: Small) -> str:
        return operator_gstin(one.via, self.registration.state)

    def _exempt(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        for (is_inter, is_b2b), paise in sales.exempt.items():
            yield _Line(sales.filed_on, top | exempt(is_inter, is_b2b, paise))

    def _headings(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        """Trade and consumers are told apart only since the form has two tables for them."""
        since = date.fromisoformat(text(self._figures.on("hsn_split_since", sales.filed_on)))
        is_split = sales.period.first_day >= since
        merged: dict[tuple[str, str, int], Tax] = {}
        for one in sales.headings:
            section = ("hsn_b2b" if one.is_b2b else "hsn_b2c") if is_split else "hsn"
            key = section, one.hsn, one.rate_bps
            merged[key] = one.tax if key not in merged else merged[key].plus(one.tax)
        counts: dict[str, int] = {}
        for (section, hsn, rate), tax in sorted(merged.items()):
            counts[section] = counts.get(section, 0) + 1
            row = self._heading(Heading(hsn, rate, False, tax), sales.period)
            yield _Line(sales.filed_on, top | {"section": section, "num": counts[section]} | row)

    def _heading(self, one: Heading, of: Month) -> Document:
        ask = partial(heading, self._figures, hsn=one.hsn, day=of.last_day)
        unit = whole(ask(name="hsn_unit_paise") or 0)
        quantity = half_even(one.tax.taxable_paise * 100, unit) if unit else 0
        known = one.hsn, text(ask(name="hsn_title") or ""), text(ask(name="hsn_uqc") or "OTH")
        return headed(known, quantity, one.rate_bps, one.tax)

    def _series(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        for kind in sorted({one.kind for one in sales.series}):
            used = [(one.first, one.last, one.papers_n) for one in sales.series if one.kind == kind]
            yield _Line(sales.filed_on, top | numbered(kind, used))

    def _operators(self, sales: SalesTold, top: Document) -> Iterator[_Line]:
        sums: dict[str, Tax] = {}
        for one in sales.small:
            if one.via:
                etin = self._operator(one)
                sums[etin] = one.tax if etin not in sums else sums[etin].plus(one.tax)
        for etin, tax in sorted(sums.items()):
            yield _Line(sales.filed_on, top | through(etin, tax))

    def _credits(self, credit: CreditTold) -> Iterator[_Line]:
        top: Document = {"form": "GSTR2B", "gstin": self.registration.gstin, "rtnprd": period(credit.period)}
        made = day(credit.made_on)
        total = Tax(0, 0, 0, 0)
        for one in credit.purchases:
            total = total.plus(one.tax)
        summed: Document = {
            "gendt": made,
            "version": "1.0",
            "itcsumm": {"itcavl": {"nonrevsup": renamed(total)}},
        }
        header: Document = {
            "kind": "filing",
            **top,
            "dof": made,
            "status": "Generated",
            "arn": "",
            "frq": self._frequency,
        }
        yield _Line(credit.made_on, header | summed)
        for one in credit.purchases:
            yield _Line(one.on, _BOUGHT | top | {"gendt": made} | self._purchase(one))

    def _purchase(self, one: Purchase) -> Document:
        supplier = self._business.counterparties[one.supplier]
        filed_on = one.filed_on or one.on
        return {
            "ctin": supplier.gstin,
            "trdnm": supplier.name,
            "supfildt": day(filed_on),
            "supprd": period(Month(one.on.year, one.on.month)),
            "inv": inward(self._held(one, one.supplier)),
        }

    def _composed(self, one: CompositionTold) -> Iterator[_Line]:
        name = "fp" if one.form == "GSTR4" else "ret_period"
        top = self._top(one.form, one.period, one.filed_on, name)
        yield self._header(top, one.filed_on, {})
        outward: Document = {"txval": rupees(one.turnover_paise), **all_heads(one.tax)}
        told: Document = {
            "outward_supp": outward,
            "inward_supp": valued((0, 0, 0, 0)),
            "intr": rupees(one.interest_paise),
        }
        yield _Line(one.filed_on, _LUMP | top | told)


def _summary(one: ReturnTold) -> Summary:
    return Summary(
        outward=one.outward,
        export_paise=one.export_paise,
        exempt_paise=one.exempt_paise,
        consumers=tuple((at.place, at.tax.taxable_paise, at.tax.igst_paise) for at in one.consumers),
        available=one.credit.plus(one.reversed),
        reversed=one.reversed,
        net=one.credit,
        inward_exempt=one.inward_exempt,
        owed=one.owed,
        by_credit=one.offset,
        cash=one.cash,
        interest=one.interest,
        fee_paise=one.fee_paise,
    )
