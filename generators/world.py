"""The hidden business of one customer: who it is and its ledger of events; sources only project what stands here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from generators.ledger import Ledger
from generators.people import (
    Account,
    AccountKind,
    Constitution,
    Counterparty,
    Party,
    Tie,
    firm,
    institution,
    person,
    proprietor,
)
from generators.people import (
    account as account_of,
)
from generators.trade import PLAIN_TRADE, RUPEE, Event, Loan, Sector, Setting
from kit.chance import Stream
from kit.errors import CallerError, NotFound
from kit.period import add_months

PERSONAS = ("plain_trader",)
# Every life starts here, however late or early it is looked at, so that all looks agree.
EPOCH = date(2022, 4, 1)
# Lines of the plain trader that are no small receipts: fixed dues, suppliers, invoices and deposits of a month.
OTHER_ROWS_A_MONTH = 40
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scale:
    """How far back the provider remembers, and how many bank lines are wished for (None: what comes naturally)."""

    months: int = 14
    bank_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Business:
    """One business with its people, accounts and loans, remembered from first to as_of."""

    name: str
    constitution: Constitution
    sector: Sector
    first: date
    as_of: date
    parties: tuple[Party, ...]
    accounts: tuple[Account, ...]
    counterparties: Mapping[str, Counterparty]
    loans: tuple[Loan, ...]
    ledger: Ledger

    def party(self, party_id: str) -> Party:
        """Find a party by its id."""
        for party in self.parties:
            if party.id == party_id:
                return party
        known = ", ".join(party.id for party in self.parties)
        raise NotFound("PARTY_UNKNOWN", "the business has no such party", hint=f"its parties: {known}")

    def accounts_of(self, party: Party) -> tuple[Account, ...]:
        """List the accounts that stand in a party's name."""
        return tuple(account for account in self.accounts if account.party == party.id)

    def events(self, first: date, last: date) -> Iterator[Event]:
        """Tell the events of the remembered days between two days, both included, in order of time."""
        return self.ledger.between(max(first, self.first), min(last, self.as_of))


def business_of(stream: Stream, name: str, as_of: date, scale: Scale, persona: str | None) -> Business:
    """Make the business a stream decides; the same stream tells the same past whatever the day it is asked."""
    _known(persona)
    first = max(EPOCH, add_months(as_of + _DAY, -scale.months))
    if not first <= as_of or scale.months < 1:
        raise CallerError(
            "AS_OF_TOO_EARLY",
            "the synthetic world has no history at that day",
            hint=f"choose a day after {EPOCH.isoformat()} and at least one month",
        )
    party = proprietor(stream.branch("party"), EPOCH, "Pune")
    opened_on = EPOCH - timedelta(days=stream.branch("vintage").randrange(200, 4_000))
    account = account_of(stream.branch("account"), party.id, AccountKind.CURRENT, ("BAHI-FIP", "Pune"), opened_on)._replace(opening_paise=85_000 * RUPEE)
    people = _people(stream.branch("people"), PLAIN_TRADE)
    size_percent = round(100 * stream.branch("size").lognormvariate(0.0, 0.35))
    loans = _loans(stream.branch("loans"), people[Tie.LENDER][0].id, size_percent, as_of)
    setting = Setting(
        stream=stream,
        sector=PLAIN_TRADE,
        epoch=EPOCH,
        last=as_of,
        account=account,
        people=people,
        loans=loans,
        size_percent=size_percent,
        receipts_n=_receipts_n(scale, first, as_of),
    )
    return Business(
        name=name,
        constitution=Constitution.PROPRIETORSHIP,
        sector=PLAIN_TRADE,
        first=first,
        as_of=as_of,
        parties=(party,),
        accounts=(account,),
        counterparties={one.id: one for group in people.values() for one in group},
        loans=loans,
        ledger=Ledger(setting),
    )


def _known(persona: str | None) -> None:
    if persona is not None and persona not in PERSONAS:
        raise CallerError("PERSONA_UNKNOWN", "no such persona", hint=f"known personas: {', '.join(PERSONAS)}")


def _people(stream: Stream, sector: Sector) -> dict[Tie, tuple[Counterparty, ...]]:
    return {
        Tie.CUSTOMER: tuple(person(stream, Tie.CUSTOMER, n) for n in range(240)),
        Tie.BUYER: tuple(firm(stream, Tie.BUYER, n, "27") for n in range(7)),
        Tie.SUPPLIER: tuple(firm(stream, Tie.SUPPLIER, n, "27") for n in range(6)),
        Tie.EMPLOYEE: tuple(person(stream, Tie.EMPLOYEE, n) for n in range(sector.employees)),
        Tie.LANDLORD: (person(stream, Tie.LANDLORD, 0),),
        Tie.LENDER: (institution(stream, Tie.LENDER, "Nirmaan Udyog Finance"),),
        Tie.BANK: (institution(stream, Tie.BANK, "Bahi Demonstration Bank"),),
        Tie.UTILITY: (institution(stream, Tie.UTILITY, "State Electricity Board"),),
    }


def _loans(stream: Stream, lender: str, size_percent: int, last: date) -> tuple[Loan, ...]:
    """One loan at a time, each taken some months after the one before was repaid."""
    loans: list[Loan] = []
    day = EPOCH + timedelta(days=stream.randrange(40, 300))
    while day <= last:
        months = stream.choice((18, 24, 36))
        principal = stream.randrange(200, 500) * size_percent // 100 * 1_000 * RUPEE
        rate_bps = stream.randrange(1_400, 2_201, 25)
        emi = emi_paise(principal, rate_bps, months)
        loans.append(Loan(f"LOAN-{len(loans) + 1}", lender, principal, rate_bps, months, emi, day))
        day = add_months(day, months) + timedelta(days=stream.randrange(45, 200))
    return tuple(loans)


def emi_paise(principal_paise: int, rate_bps: int, months: int) -> int:
    """Level instalment on reducing balance, rounded half-even to the rupee as lenders do."""
    with localcontext() as context:
        context.prec = 28
        rate = Decimal(rate_bps) / 120_000
        growth = (1 + rate) ** months
        rupees = Decimal(principal_paise) / RUPEE * rate * growth / (growth - 1)
        return int(rupees.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)) * RUPEE


def _receipts_n(scale: Scale, first: date, last: date) -> dict[date, int]:
    """Spread the wished number of lines evenly over the remembered days."""
    if scale.bank_rows is None:
        return {}
    days_n = (last - first).days + 1
    receipts_n = max(0, scale.bank_rows - OTHER_ROWS_A_MONTH * scale.months)
    return {
        first + timedelta(days=i): receipts_n * (i + 1) // days_n - receipts_n * i // days_n
        for i in range(days_n)
    }
