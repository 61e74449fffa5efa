"""What a business and its owner insure: which policies they hold, what falls due for them and what they bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from generators.figures import Figures
from generators.frame import Frame
from generators.papers import Due, IfShort, Sale
from generators.people import MAIN_PARTY, Constitution, Counterparty, Tie, digits, ifsc
from generators.policies import LIFE, PERSONAL, SAVING, Frequency, Kind, Policy, Premium
from generators.premiums import Draft, between, chosen, planned, surrender_percents
from generators.tax import rounded_to_rupee
from generators.trade import MILLION, Purpose, Rail
from kit.chance import Stream
from kit.period import add_months
from kit.ratio import half_even
from kit.shapes import listed, mapping, whole

LAKH_PAISE = 10_000_000
_ADULT_YEARS = 19


class Insurer(NamedTuple):
    """An invented insurer; some still answer in the older form."""

    id: str
    name: str
    is_old_form: bool


LIFE_INSURERS = (
    Insurer("INSURER-1", "Sahyadri Jeevan Bima", is_old_form=True),
    Insurer("INSURER-2", "Dhruvtara Life Insurance", is_old_form=False),
    Insurer("INSURER-3", "Amaltas Life Insurance", is_old_form=False),
)
GENERAL_INSURERS = (
    Insurer("INSURER-4", "Nilgiri Coast General Insurance", is_old_form=False),
    Insurer("INSURER-5", "Chambal General Insurance", is_old_form=True),
    Insurer("INSURER-6", "Palash Samanya Bima", is_old_form=False),
)
HEALTH_INSURERS = (
    Insurer("INSURER-7", "Tulsi Health Insurance", is_old_form=False),
    Insurer("INSURER-6", "Palash Samanya Bima", is_old_form=False),
)
BANKS_INSURER = Insurer("INSURER-8", "Jan Raksha Group Covers", is_old_form=False)
_INSURERS = {one.id: one for one in (*LIFE_INSURERS, *GENERAL_INSURERS, *HEALTH_INSURERS, BANKS_INSURER)}
_ASSIGNEES = ("Nirmaan Udyog Finance", "Gramodaya Capital", "Bahi Demonstration Bank")
_PARTS = {
    Kind.SHOPKEEPER: (("BUILDING", 150_000), ("CONTENTS", 700_000), ("MONEY", 150_000)),
    Kind.SOOKSHMA: (("BUILDING", 350_000), ("CONTENTS", 650_000)),
    Kind.LAGHU: (("BUILDING", 450_000), ("CONTENTS", 550_000)),
    Kind.VEHICLE: (("OWN_DAMAGE", MILLION),),
    Kind.FAMILY_HEALTH: (("HOSPITAL", MILLION),),
}
_RIDER = (("ACCIDENTAL_DEATH", 500_000),)


@dataclass(frozen=True, slots=True)
class CoverBook:
    """The policies of a business and its people, with all movements of money they plan."""

    policies: tuple[Policy, ...]
    dues: tuple[Due, ...]
    people: tuple[Counterparty, ...]
    sales: tuple[Sale, ...] = ()


EMPTY = CoverBook((), (), ())


def covers_of(frame: Frame, stream: Stream) -> CoverBook:
    """Plan the covers; who insures nothing costs nothing."""
    if not frame.firm.insures:
        return EMPTY
    policies = tuple(_policies(frame, stream))
    dues = [due for policy in policies for due in _dues_of(frame, policy)]
    dues += _small_covers(frame, stream.branch("small"))
    dues.sort()
    used = sorted({due.counterparty for due in dues} | {policy.insurer for policy in policies})
    return CoverBook(policies, tuple(dues), tuple(_counterparty(one, stream) for one in used))


def _counterparty(insurer: str, stream: Stream) -> Counterparty:
    name = _INSURERS[insurer].name
    branch = ifsc(stream.branch("insurer", insurer))
    return Counterparty(insurer, Tie.INSURER, name, f"{name.split()[0].lower()}@bahi", branch, "")


def _policies(frame: Frame, stream: Stream) -> Iterator[Policy]:
    for number, kind in enumerate(_kinds(frame, stream.branch("kinds")), 1):
        branch = stream.branch("policy", kind)
        draft = _DRAFTS[kind](_Desk(frame, kind, f"COVER-{number}", branch))
        yield _policy(frame, draft, branch)


def _kinds(frame: Frame, stream: Stream) -> list[Kind]:
    """Draw what is held; who has nothing but the cover of a loan or of a person in office insures the family's health."""
    figures, firm = frame.figures["covers"], frame.firm
    shares = dict(figures.table("kind_ppm", frame.first))
    shares["VEHICLE"] = figures.table("vehicle_ppm", frame.first).get(firm.sector.id, shares["VEHICLE"])
    all_sold = figures.whole("credit_life_leverage_ppm", frame.first)
    shares["CREDIT_LIFE"] = int(min(1.0, firm.leverage * MILLION / all_sold) * MILLION)
    if firm.constitution is Constitution.PROPRIETORSHIP:
        shares["KEYMAN"] = 0
    held = [name for name in sorted(shares) if stream.randrange(MILLION) < whole(shares[name])]
    cover = _property_kind(figures, frame, _property_paise(frame, stream))
    named = (cover if name == "PROPERTY" else Kind(name) for name in held)
    kinds = [kind for kind in named if kind is not None]
    return kinds if set(kinds) - {Kind.CREDIT_LIFE, Kind.KEYMAN} else [*kinds, Kind.FAMILY_HEALTH]


def _property_kind(figures: Figures, frame: Frame, paise: int) -> Kind | None:
    limits = figures.table("property_limit_paise", frame.first)
    is_shop = frame.firm.b2b < 0.5
    for kind in (Kind.SHOPKEEPER, Kind.SOOKSHMA, Kind.LAGHU):
        if paise <= whole(limits[kind]) and (kind is not Kind.SHOPKEEPER or is_shop):
            return kind
    return None


def _property_paise(frame: Frame, stream: Stream) -> int:
    """Stock and fittings as the owner values them, to the lakh."""
    figures, firm = frame.figures["covers"], frame.firm
    fittings = (
        firm.turnover_paise * between(stream, figures.row("fittings_turnover_percent", frame.first)) // 100
    )
    stock = firm.turnover_paise * firm.sector.stock_days // 365
    percent = between(stream, figures.row("property_sum_percent", frame.first))
    return max(2, half_even((stock + fittings) * percent, 100 * LAKH_PAISE)) * LAKH_PAISE


class _Desk:
    """Where one policy is decided: its kind, its frame, and the chance left to it."""

    def __init__(self, frame: Frame, kind: Kind, policy_id: str, stream: Stream) -> None:
        self.frame, self.kind, self.id, self.stream = frame, kind, policy_id, stream
        self.figures, self.first = frame.figures["covers"], frame.first
        days = between(stream, self.table("start_days_before_first")[kind])
        began_on = frame.first - timedelta(days=days)
        earliest = add_months(frame.owner.born_on, 12 * _ADULT_YEARS)
        if kind not in PERSONAL:
            earliest = frame.firm.started_on + timedelta(days=90)
        self.begins_on = max(began_on, earliest)

    def table(self, name: str) -> dict[str, object]:
        return mapping(self.figures.on(name, self.first))

    def row(self, name: str) -> list[object]:
        return self.figures.row(name, self.first)

    @property
    def age(self) -> int:
        """The owner's age when the policy began, and of a health cover on the world's first day."""
        on = self.first if self.kind is Kind.FAMILY_HEALTH else self.begins_on
        return max(18, (on - self.frame.owner.born_on).days // 365)

    @property
    def income_paise(self) -> int:
        """What the owner lives on in a year."""
        return max(24_000_000, int(self.frame.firm.turnover_paise * max(0.04, self.frame.firm.margin)))

    def draft(self, months: int, sum_paise: int, net_paise: int) -> Draft:
        """Finish with a frequency and a rail."""
        frequency = Frequency(chosen(self.stream, self.table("frequency_percent")[self.kind]))
        rail = Rail(chosen(self.stream, self.table("rail_percent")[frequency]))
        if rail is Rail.UPI and net_paise > self.figures.whole("upi_limit_paise", self.first):
            rail = Rail.NEFT
        return Draft(
            self.id,
            self.kind,
            self.begins_on,
            months,
            frequency,
            rail,
            sum_paise,
            rounded_to_rupee(net_paise),
        )


def _up_to(rows: object, measure: int) -> int:
    """Read a table of [up to, value]."""
    steps = [listed(row) for row in listed(rows)]
    return next((whole(value) for limit, value in steps if measure <= whole(limit)), whole(steps[-1][1]))


def _term_life(desk: _Desk) -> Draft:
    least, most = (whole(one) for one in desk.row("life_sum_paise"))
    wished = desk.income_paise * between(desk.stream, desk.row("term_sum_incomes"))
    sum_paise = min(most, max(least, half_even(wished, 5 * LAKH_PAISE) * 5 * LAKH_PAISE))
    years = between(desk.stream, desk.row("term_years"))
    per_lakh = _up_to(desk.row("term_paise_per_lakh"), desk.age)
    return desk.draft(years * 12, sum_paise, sum_paise // LAKH_PAISE * per_lakh)


def _saving(desk: _Desk) -> Draft:
    plans = [listed(row) for row in listed(desk.table("saving_paise_per_lakh")[desk.kind])]
    years, per_lakh = (whole(one) for one in desk.stream.choice(plans))
    percent = between(desk.stream, desk.row("saving_income_percent"))
    lakhs = max(1, half_even(desk.income_paise * percent, 100 * per_lakh))
    return desk.draft(years * 12, lakhs * LAKH_PAISE, lakhs * per_lakh)


def _credit_life(desk: _Desk) -> Draft:
    terms = desk.table("credit_life")
    firm = desk.frame.firm
    debt = int(firm.turnover_paise * max(firm.leverage, 0.03))
    percent, years = between(desk.stream, terms["sum_percent"]), between(desk.stream, terms["years"])
    sum_paise = max(1, half_even(debt * percent, 100 * LAKH_PAISE)) * LAKH_PAISE
    ppm = between(desk.stream, terms["premium_ppm_a_year"]) * years
    return desk.draft(years * 12, sum_paise, half_even(sum_paise * ppm, MILLION))


def _health(desk: _Desk) -> Draft:
    rupees = chosen(desk.stream, desk.row("health_sum_percent"))
    base = _up_to(desk.row("health_paise_by_age"), desk.age)
    net = half_even(base * whole(desk.table("health_sum_factor_percent")[rupees]), 100)
    return desk.draft(0, int(rupees) * 100, net)


def _property(desk: _Desk) -> Draft:
    limit = whole(desk.table("sum_limit_paise")[desk.kind])
    sum_paise = min(limit, _property_paise(desk.frame, desk.stream))
    ppm = between(desk.stream, desk.table("property_rate_ppm")[desk.kind])
    least = whole(desk.table("least_premium_paise")[desk.kind])
    return desk.draft(0, sum_paise, max(least, half_even(sum_paise * ppm, MILLION)))


def _vehicle(desk: _Desk) -> Draft:
    low, high = (whole(one) // LAKH_PAISE for one in desk.row("vehicle_value_paise"))
    value = desk.stream.randint(low, high) * LAKH_PAISE
    ppm = between(desk.stream, desk.row("vehicle_rate_ppm"))
    third_party = desk.figures.whole("vehicle_third_party_paise", desk.first)
    return desk.draft(0, value, half_even(value * ppm, MILLION) + third_party)


_DRAFTS = {
    Kind.TERM_LIFE: _term_life,
    Kind.ENDOWMENT: _saving,
    Kind.MONEYBACK: _saving,
    Kind.CREDIT_LIFE: _credit_life,
    Kind.KEYMAN: _term_life,
    Kind.FAMILY_HEALTH: _health,
    Kind.SHOPKEEPER: _property,
    Kind.SOOKSHMA: _property,
    Kind.LAGHU: _property,
    Kind.VEHICLE: _vehicle,
}


class _Written(NamedTuple):
    """Who writes a policy, under which number, with which rider and for whose benefit."""

    insurer: Insurer
    number: str
    parts_ppm: tuple[tuple[str, int], ...]
    assigned_to: str


def _written(kind: Kind, rider_percent: int, stream: Stream) -> _Written:
    is_life, is_loan = kind in LIFE, kind is Kind.CREDIT_LIFE
    insurers = HEALTH_INSURERS if kind is Kind.FAMILY_HEALTH else GENERAL_INSURERS
    insurers = LIFE_INSURERS if is_life else insurers
    insurer = stream.choice([one for one in insurers if not (is_loan and one.is_old_form)])
    has_rider = stream.randrange(100) < rider_percent and kind is Kind.TERM_LIFE
    number = ("L" if is_life else "G") + stream.choice("BCDFHKMNRT") + digits(stream, 8)
    assignee = stream.choice(_ASSIGNEES)
    return _Written(
        insurer, number, _RIDER if has_rider else _PARTS.get(kind, ()), assignee if is_loan else ""
    )


def _policy(frame: Frame, draft: Draft, stream: Stream) -> Policy:
    kind, figures = draft.kind, frame.figures["covers"]
    written = _written(kind, figures.whole("rider_percent", frame.first), stream)
    years = planned(frame, draft, stream)
    is_saving, is_personal = kind in SAVING, kind in PERSONAL
    return Policy(
        id=draft.id,
        kind=kind,
        party=frame.owner.id if is_personal else MAIN_PARTY,
        account=frame.purse if is_personal else frame.till,
        insurer=written.insurer.id,
        is_old_form=written.insurer.is_old_form,
        number=written.number,
        begins_on=draft.begins_on,
        ends_on=years.terms[0].last if draft.months and years.terms else None,
        frequency=draft.frequency,
        rail=draft.rail,
        grace_days=whole(figures.table("grace_days", frame.first)[draft.frequency]),
        parts_ppm=written.parts_ppm,
        assigned_to=written.assigned_to,
        paid_up_years=figures.whole("paid_up_years", frame.first) if is_saving else 0,
        surrender_percent=surrender_percents(figures, frame.first) if is_saving else (),
        premiums_before_n=years.premiums_before_n,
        premiums=years.premiums,
        terms=years.terms,
        payouts=years.payouts,
        bonuses=years.bonuses,
    )


def _dues_of(frame: Frame, policy: Policy) -> Iterator[Due]:
    for premium in policy.premiums:
        if premium.document and premium.planned_on is not None and premium.planned_on <= frame.last:
            yield _premium_due(policy, premium, premium.planned_on)
            if premium.late_paise:
                yield _late_due(policy, premium, premium.planned_on)
    for payout in policy.payouts:
        yield Due(
            payout.on,
            payout.document,
            policy.account,
            policy.insurer,
            Purpose.CLAIM,
            Rail.NEFT,
            payout.paise,
            IfShort.WAITS,
        )


def _premium_due(policy: Policy, premium: Premium, day: date) -> Due:
    if_short = IfShort.BOUNCES if policy.rail is Rail.NACH else IfShort.WAITS
    return Due(
        day,
        premium.document,
        policy.account,
        policy.insurer,
        Purpose.PREMIUM,
        policy.rail,
        -premium.paise,
        if_short,
    )


def _late_due(policy: Policy, premium: Premium, day: date) -> Due:
    return Due(
        day,
        premium.late_document,
        policy.account,
        policy.insurer,
        Purpose.PREMIUM,
        Rail.UPI,
        -premium.late_paise,
        IfShort.WAITS,
    )


def _small_covers(frame: Frame, stream: Stream) -> Iterator[Due]:
    """The yearly covers a bank debits for those enrolled; the group's policy is the bank's and is told by no insurer."""
    figures = frame.figures["covers"]
    shares = figures.table("small_cover_ppm", frame.first)
    when = figures.table("small_cover_day", frame.first)
    enrolled = [name for name in sorted(shares) if stream.randrange(MILLION) < whole(shares[name])]
    for year in range(frame.first.year, frame.last.year + 1):
        branch = stream.branch("year", year)
        day = date(year, whole(when["month"]), between(branch, when["days"]))
        if not frame.first <= day <= frame.last:
            continue
        for name in enrolled:
            paise = whole(figures.table("small_cover_paise", day)[name])
            yield Due(
                day,
                f"COVER-SMALL-{name}/{year}",
                frame.purse,
                BANKS_INSURER.id,
                Purpose.PREMIUM,
                Rail.NACH,
                -paise,
                IfShort.SKIPPED,
            )
