"""Writing one policy in the shape of its family: life_insurance, general_insurance, or the older insurance_policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from generators.people import Party
from generators.policies import LIFE as ON_LIVES
from generators.policies import SAVING, Benefit, Frequency, Kind
from kit.ident import masked
from kit.money import decimal_rupees
from kit.source import Document, Json
from sources.insurance._standing import Held, surrender_paise
from sources.insurance._words import GENERAL, LIFE, OLD, SPELLED_FREQUENCY

NAMES = {
    Kind.TERM_LIFE: "Term Life Cover",
    Kind.ENDOWMENT: "Endowment Plan with Bonus",
    Kind.MONEYBACK: "Money Back Plan",
    Kind.CREDIT_LIFE: "Group Credit Life",
    Kind.KEYMAN: "Keyman Term Cover",
    Kind.FAMILY_HEALTH: "Family Floater Health",
    Kind.SHOPKEEPER: "Shopkeeper Package",
    Kind.SOOKSHMA: "Bharat Sookshma Udyam Suraksha",
    Kind.LAGHU: "Bharat Laghu Udyam Suraksha",
    Kind.VEHICLE: "Commercial Vehicle Package",
}
_LIFE_PLANS = {
    Kind.TERM_LIFE: "TERM",
    Kind.ENDOWMENT: "ENDOWMENT",
    Kind.MONEYBACK: "MONEYBACK",
    Kind.CREDIT_LIFE: "LOAN_COVER_TERM",
    Kind.KEYMAN: "TERM",
}
_INSURANCE_TYPES = {
    Kind.FAMILY_HEALTH: "HEALTH",
    Kind.SHOPKEEPER: "SHOPKEEPER",
    Kind.SOOKSHMA: "FIRE",
    Kind.LAGHU: "FIRE",
    Kind.VEHICLE: "MOTOR",
}
_OLD_COVER_TYPES = {
    Kind.TERM_LIFE: "SELF",
    Kind.ENDOWMENT: "SELF",
    Kind.MONEYBACK: "SELF",
    Kind.FAMILY_HEALTH: "FAMILY",
    Kind.SHOPKEEPER: "CONTENTS",
    Kind.SOOKSHMA: "BUILDING",
    Kind.LAGHU: "BUILDING",
}
_EXCLUSIONS = "As printed in the policy"


def form_of(held: Held) -> str:
    """Tell which family an insurer writes a policy in."""
    if held.policy.is_old_form:
        return OLD
    return LIFE if held.policy.kind in ON_LIVES else GENERAL


def number_of(held: Held) -> str:
    """A renewed cover bears the number of its chain and of its year."""
    policy = held.policy
    return policy.number if policy.ends_on is not None else f"{policy.number}-{held.term.number:02d}"


def account_of(held: Held) -> str:
    """The reference lines of one policy share."""
    return f"LRI{held.policy.number}Y{held.term.number:02d}"


def policy_line(held: Held, party: Party, insurer: str) -> Document:
    """Write the line of one policy."""
    form = form_of(held)
    summaries = {LIFE: _life, GENERAL: _general, OLD: _old}
    is_old = form == OLD
    return {
        "kind": "policy",
        "fiType": form.upper(),
        "type": "insurance" if is_old else form,
        "version": "1.0" if is_old else "1.0.0",
        "linkedAccRef": account_of(held),
        "maskedAccNumber" if is_old else "maskedPolicyNumber": masked(number_of(held)),
        "insurerName": insurer,
        "Profile": {
            "Holders": {"type": "SINGLE", "Holder": [_holder(party, is_old)]},
            "Riders": {"Rider": _riders(held)},
        },
        "Summary": summaries[form](held),
    }


def _holder(party: Party, is_old: bool) -> Json:
    told: dict[str, Json] = {
        "rank": "1",
        "name": party.legal_name,
        "dob": party.born_on.isoformat(),
        "mobile": party.mobile,
        "nominee": "REGISTERED",
        "address": party.address,
        "email": party.email,
        "pan": party.pan,
    }
    return told | ({"ckycCompliance": "true"} if is_old else {"ckycRegistered": "YES"})


def _parts(held: Held, paise: int) -> Iterator[tuple[str, int]]:
    """Share an amount out over the covers to the paisa; the last bears what is left."""
    left, parts = paise, held.policy.parts_ppm
    for i, (name, ppm) in enumerate(parts):
        is_rest = i == len(parts) - 1 and held.policy.kind not in ON_LIVES
        share = left if is_rest else paise * ppm // 1_000_000
        left -= share
        yield name, share


def _riders(held: Held) -> Json:
    if held.policy.kind not in ON_LIVES:
        return []
    years, months = _tenure(held)
    return [
        {
            "riderType": name,
            "sumAssured": decimal_rupees(paise),
            "tenureYears": str(years),
            "tenureMonths": str(months),
            "premiumAmount": decimal_rupees(0),
            "policyStartDate": held.first.isoformat(),
            "policyEndDate": held.term.last.isoformat(),
        }
        for name, paise in _parts(held, held.term.sum_paise)
    ]


def _tenure(held: Held) -> tuple[int, int]:
    """Years and months of the policy as agreed, whatever late payment cut off its beginning."""
    first, end = held.term.first, held.term.last + timedelta(days=1)
    months = (end.year - first.year) * 12 + end.month - first.month
    return max(1, months // 12), max(1, months)


def _premium_paise(held: Held) -> int:
    """The instalment that is due next, of a year that is over its last."""
    premiums = held.policy.premiums
    last = len(premiums) - 1
    if held.policy.ends_on is None:
        last = min(last, held.term.before_n + held.term.premiums_n - 1)
    return premiums[min(held.paid_n, last)].paise


def _common(held: Held) -> dict[str, Json]:
    return {
        "sumAssured": decimal_rupees(held.term.sum_paise),
        "premiumAmount": decimal_rupees(_premium_paise(held)),
        "policyStartDate": held.first.isoformat(),
        "policyExpiryDate": held.term.last.isoformat(),
        "premiumFrequency": _frequency(held),
        "nextPremiumDueDate": _day(held.next_due_on),
    }


def _frequency(held: Held) -> str:
    word = str(held.policy.frequency)
    return SPELLED_FREQUENCY[form_of(held)].get(word, word)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _matures_on(held: Held) -> str:
    return held.term.last.isoformat() if held.policy.kind in SAVING else ""


def _payment_years(held: Held) -> str:
    return "1" if held.policy.frequency is Frequency.ONE_TIME else str(_tenure(held)[0])


def _life(held: Held) -> dict[str, Json]:
    policy = held.policy
    value = decimal_rupees(surrender_paise(held))
    return {
        "policyName": NAMES[policy.kind],
        "policyDescription": f"Cover of a loan from {policy.assigned_to}" if policy.assigned_to else "",
        "policyType": _LIFE_PLANS[policy.kind],
        "policyStatus": held.status,
        **_common(held),
        "tenureYears": str(_tenure(held)[0]),
        "premiumPaymentYears": _payment_years(held),
        "maturityDate": _matures_on(held),
        "policyLoanStatus": "NOT_OPTED",
        "currentValue": value,
        "assignment": "YES" if policy.assigned_to else "NO",
        "surrenderValue": value,
        "exclusions": _EXCLUSIONS,
    }


def _general(held: Held) -> dict[str, Json]:
    kind = held.policy.kind
    return {
        "policyName": NAMES[kind],
        "policyNumber": number_of(held),
        "uinNumber": f"BAHI-{_INSURANCE_TYPES[kind][:3]}-0{len(kind)}",
        "policyDescription": f"{NAMES[kind]}, year {held.term.number + 1}",
        "policyType": "INDEMNITY",
        "insuranceType": _INSURANCE_TYPES[kind],
        **_common(held),
        "tenureMonths": str(_tenure(held)[1]),
        "premiumPaymentYears": _payment_years(held),
        "policyStatus": held.status,
        "Covers": {"Cover": list(_covers(held))},
    }


def _covers(held: Held) -> Iterator[Json]:
    years, months = _tenure(held)
    premiums = dict(_parts(held, _premium_paise(held)))
    for i, (name, paise) in enumerate(_parts(held, held.term.sum_paise), 1):
        yield {
            "uinNumber": f"BAHI-{name[:3]}-{i:02d}",
            "coverName": name,
            "coverDescription": name.replace("_", " ").capitalize(),
            "sumAssured": decimal_rupees(paise),
            "sumInsured": decimal_rupees(paise),
            "tenureYears": str(years),
            "tenureMonths": str(months),
            "premiumAmount": decimal_rupees(premiums[name]),
            "coverStartDate": held.first.isoformat(),
            "coverEndDate": held.term.last.isoformat(),
        }


def _old(held: Held) -> dict[str, Json]:
    """The older family wants every number and says no status."""
    policy, (years, months) = held.policy, _tenure(held)
    return {
        "policyName": NAMES[policy.kind],
        "policyNumber": number_of(held),
        "eiaNumber": f"EIA{policy.number}",
        "coverAmount": decimal_rupees(held.term.sum_paise),
        **_common(held),
        "tenureMonths": str(months),
        "tenureYears": str(years),
        "policyType": _LIFE_PLANS.get(policy.kind, "COMPREHENSIVE"),
        "coverType": _OLD_COVER_TYPES.get(policy.kind, "OTHERS"),
        "premiumPaymentYears": _payment_years(held),
        "premiumPaymentMonths": str(12 * int(_payment_years(held))),
        "maturityDate": _matures_on(held),
        "maturityBenefit": decimal_rupees(held.term.sum_paise) if policy.kind in SAVING else "",
        "MoneyBacks": {"MoneyBack": _money_backs(held)},
        "ContractClauses": {"ContractClause": [_clause()]},
        "Covers": {
            "Cover": [
                {"amount": decimal_rupees(paise), "description": name} for name, paise in _old_covers(held)
            ]
        },
    }


def _old_covers(held: Held) -> Iterator[tuple[str, int]]:
    return iter(()) if held.policy.kind in ON_LIVES else _parts(held, held.term.sum_paise)


def _money_backs(held: Held) -> Json:
    """Those paid up to the answer."""
    return [
        {"date": one.on.isoformat(), "amount": decimal_rupees(one.paise), "description": "Survival benefit"}
        for one in held.policy.payouts
        if one.benefit is Benefit.MONEY_BACK and one.on <= held.as_of
    ]


def _clause() -> Json:
    return {
        "title": "General",
        "subLimit": "",
        "conditions": "",
        "exlcusions": _EXCLUSIONS,
        "amount": decimal_rupees(0),
        "description": "",
    }
