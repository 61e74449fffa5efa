"""From raw lines to clean records: a line is read, or held back with the reason; every repair is a finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kit.errors import RecordError
from kit.fields import Rule, amount_paise, moment
from kit.ident import Grade, pan_grade
from kit.plain import Parsed, held_together
from kit.source import Document, Item, Json, Outcome, Tables
from sources.insurance._joined import Known
from sources.insurance._reading import Fields, Reader, known_names
from sources.insurance._words import (
    COVER_TYPE_WORDS,
    COVER_TYPES,
    DIRECTIONS,
    FORMS,
    FREQUENCIES,
    FREQUENCY_WORDS,
    GENERAL,
    MOVEMENT_WORDS,
    MOVEMENTS,
    OLD,
    PLAN_WORDS,
    PLANS,
    SPELLED_FREQUENCY,
    SPELLED_MOVEMENT,
    STATUS_WORDS,
    STATUSES,
)

_ENVELOPE = known_names("kind ver fipID name pan from to sentAt")
_POLICY = known_names(
    "kind fiType type version linkedAccRef maskedAccNumber maskedPolicyNumber insurerName Profile Summary",
    {"linkrefnumber": "linkedAccRef", "maskedaccountnumber": "maskedAccNumber"},
)
_SUMMARY = known_names(
    """policyName policyNumber policyDescription uinNumber eiaNumber sumAssured coverAmount premiumAmount
    policyStartDate policyExpiryDate premiumFrequency nextPremiumDueDate tenureYears tenureMonths
    premiumPaymentYears premiumPaymentMonths policyType insuranceType coverType policyStatus maturityDate
    maturityBenefit policyLoanStatus currentValue assignment surrenderValue exclusions
    Covers MoneyBacks ContractClauses""",
    {"policymaturitydate": "maturityDate", "policyenddate": "policyExpiryDate"},
)
_TRANSACTION = known_names(
    "kind fiType linkedAccRef txnId txnDate narration type amount", {"linkrefnumber": "linkedAccRef"}
)
_PROFILE, _HOLDERS = known_names("Holders Riders"), known_names("type Holder")
_HOLDER = known_names(
    "rank name dob mobile nominee landline address email pan ckycCompliance ckycRegistered dematId"
)
_PART = known_names(
    """uinNumber coverName coverDescription riderType description sumAssured sumInsured amount tenureYears tenureMonths
    premiumAmount coverStartDate coverEndDate policyStartDate policyEndDate title subLimit conditions exlcusions date""",
    {"exclusions": "exlcusions"},
)


def clean(items: Iterable[Item], tables: Tables) -> Iterator[Outcome]:
    """Give every item exactly one outcome, in an order decided by content; what only several tell is held together."""
    return held_together(items, tables, _parsed, _readable_paise, Known())


def _parsed(item: Item, body: Document) -> Parsed:
    kind, reader = body.get("kind"), Reader(item)
    if kind == "envelope":
        return _envelope(reader, body)
    if kind == "policy":
        return _policy(reader, body)
    if kind == "transaction":
        return _transaction(reader, body)
    raise RecordError("KIND_UNKNOWN", "a line is neither an envelope, a policy nor a transaction")


def _readable_paise(body: Document) -> int | None:
    """Count the paise of a movement; a policy's sum is none."""
    return amount_paise(body.get("amount"))[0] if body.get("kind") == "transaction" else None


def _envelope(reader: Reader, body: Document) -> Parsed:
    fields = reader.fields(body, "", _ENVELOPE)
    provider, pan = reader.text("fipID", fields.get("fipID")), _pan(reader, "pan", fields)
    first, last = reader.day("from", fields.get("from")), reader.day("to", fields.get("to"))
    if first is not None and last is not None and first > last:
        reader.note("from", "COVERAGE_UNKNOWN", fields.get("from"), None)
        first = last = None
    if first is None or last is None:
        first = last = None
    told: dict[str, object] = {
        "kind": "envelope",
        "on": last,
        "provider": provider,
        "version": reader.text("ver", fields.get("ver")),
        "sent_at": reader.moment("sentAt", fields.get("sentAt")),
        "covered_from": first,
        "covered_to": last,
        "name": reader.text("name", fields.get("name")),
        "pan": pan,
        "pan_grade": str(pan_grade(pan)),
        "extra": reader.extra,
    }
    return Parsed([provider, first, last], told, None, tuple(reader.findings))


def _pan(reader: Reader, place: str, fields: Fields) -> str | None:
    pan = reader.text(place, fields.get("pan"))
    if pan is not None and pan_grade(pan) is not Grade.VALID:
        reader.note(place, "PAN_MALFORMED", pan, pan)
    return pan


def _account(reader: Reader, fields: Fields) -> str:
    account = reader.text("linkedAccRef", fields.get("linkedAccRef"))
    if account is None:
        raise RecordError("ACCOUNT_MISSING", "a line names no policy")
    return account


def _form(reader: Reader, fields: Fields) -> str:
    """The family a line is written in; a wrong or missing name is told and read as the older, which is the widest."""
    named = fields.get("fiType", fields.get("type") if fields.get("kind") == "policy" else None)
    lowered = named.lower() if isinstance(named, str) else named
    return reader.word("fiType", lowered, FORMS, {}, is_owed=True) or OLD


def _policy(reader: Reader, body: Document) -> Parsed:
    fields = reader.fields(body, "", _POLICY)
    account, form = _account(reader, fields), _form(reader, fields)
    summary = reader.fields(fields.get("Summary"), "Summary", _SUMMARY)
    profile = reader.fields(fields.get("Profile"), "Profile", _PROFILE)
    number = fields.get("maskedAccNumber", fields.get("maskedPolicyNumber"))
    told: dict[str, object] = {
        "kind": "policy",
        "on": None,
        "account": account,
        "form": form,
        "masked_number": reader.text("maskedPolicyNumber", number),
        "number": reader.text("Summary.policyNumber", summary.get("policyNumber")),
        "insurer": reader.text("insurerName", fields.get("insurerName")),
        "name": reader.text("Summary.policyName", summary.get("policyName")),
        **_sort(reader, summary, form),
        **_sums(reader, summary),
        **_dates(reader, summary),
        "assignment": reader.word("Summary.assignment", summary.get("assignment"), ("YES", "NO"), {}),
        **_terms(reader, summary),
        "covers": _parts(reader, summary.get("Covers"), ("Summary.Covers", "Cover")),
        "riders": _parts(reader, profile.get("Riders"), ("Profile.Riders", "Rider")),
        "holders": _holders(reader, profile.get("Holders")),
        "extra": reader.extra,
    }
    return Parsed([account], told, None, tuple(reader.findings))


def _sort(reader: Reader, summary: Fields, form: str) -> dict[str, object]:
    """What is covered and how it stands; the older family says no status, so none is owed."""
    status = summary.get("policyStatus")
    cover_type = summary.get("insuranceType", summary.get("coverType"))
    if form == FORMS[0]:
        cover_type = cover_type or "LIFE"
    return {
        "plan": reader.word("Summary.policyType", summary.get("policyType"), PLANS, PLAN_WORDS, is_owed=True),
        "cover_type": reader.word("Summary.coverType", cover_type, COVER_TYPES, COVER_TYPE_WORDS),
        "status": reader.word("Summary.policyStatus", status, STATUSES, STATUS_WORDS, is_owed=form != OLD),
        "frequency": _frequency(reader, summary.get("premiumFrequency"), form),
    }


def _frequency(reader: Reader, value: Json, form: str) -> str | None:
    """A family's own spelling is no mistake."""
    own = {spelled: ours for ours, spelled in SPELLED_FREQUENCY[form].items()}
    if isinstance(value, str) and value in own:
        return own[value]
    return reader.word("Summary.premiumFrequency", value, FREQUENCIES, FREQUENCY_WORDS, is_owed=True)


def _sums(reader: Reader, summary: Fields) -> dict[str, object]:
    assured, rule = amount_paise(summary.get("sumAssured"))
    if assured is None or assured < 0:
        raise RecordError(rule or Rule.AMOUNT_UNREADABLE, "a policy has no readable sum")
    return {
        "sum_paise": reader.paise("Summary.sumAssured", summary.get("sumAssured")),
        "premium_paise": reader.paise("Summary.premiumAmount", summary.get("premiumAmount"), is_owed=True),
        "surrender_paise": reader.paise("Summary.surrenderValue", summary.get("surrenderValue")),
        "value_paise": reader.paise("Summary.currentValue", summary.get("currentValue")),
    }


def _dates(reader: Reader, summary: Fields) -> dict[str, object]:
    days = {
        "starts_on": "policyStartDate",
        "ends_on": "policyExpiryDate",
        "next_due_on": "nextPremiumDueDate",
        "matures_on": "maturityDate",
    }
    told = {name: reader.day(f"Summary.{field}", summary.get(field)) for name, field in days.items()}
    first = told["starts_on"]
    for name in ("ends_on", "matures_on"):
        last = told[name]
        if first is not None and last is not None and last < first:
            reader.doubt(f"Summary.{days[name]}", "ENDS_BEFORE_START", summary[days[name]])
    return {**told}


def _terms(reader: Reader, summary: Fields) -> dict[str, object]:
    """What was agreed beside sums and days; a term told in years and in months is that of the months."""
    words = {
        "uin": "uinNumber",
        "repository_number": "eiaNumber",
        "description": "policyDescription",
        "loan_status": "policyLoanStatus",
        "exclusions": "exclusions",
    }
    return {
        "tenure_months_n": _months(reader, summary, "tenure"),
        "paying_months_n": _months(reader, summary, "premiumPayment"),
        "cover_paise": reader.paise("Summary.coverAmount", summary.get("coverAmount")),
        "maturity_paise": reader.paise("Summary.maturityBenefit", summary.get("maturityBenefit")),
        **{
            name: reader.text(f"Summary.{field}", summary.get(field) or None) for name, field in words.items()
        },
        "money_backs": _money_backs(reader, summary.get("MoneyBacks")),
        "clauses": _parts(
            reader, summary.get("ContractClauses"), ("Summary.ContractClauses", "ContractClause")
        ),
    }


def _months(reader: Reader, summary: Fields, name: str) -> int | None:
    months = reader.count(f"Summary.{name}Months", summary.get(f"{name}Months"))
    years = reader.count(f"Summary.{name}Years", summary.get(f"{name}Years"))
    return months if months is not None or years is None else 12 * years


def _money_backs(reader: Reader, value: Json) -> list[dict[str, object]]:
    inside = reader.fields(value, "Summary.MoneyBacks", known_names("MoneyBack")).get("MoneyBack")
    found: list[dict[str, object]] = []
    for i, one in enumerate(reader.listed(inside, "Summary.MoneyBacks.MoneyBack")):
        at = f"Summary.MoneyBacks.MoneyBack.{i}"
        part = reader.fields(one, at, _PART)
        found.append(
            {
                "on": reader.day(f"{at}.date", part.get("date")),
                "paise": reader.paise(f"{at}.amount", part.get("amount")),
                "name": reader.text(f"{at}.description", part.get("description")),
            }
        )
    return found


def _parts(reader: Reader, value: Json, place: tuple[str, str]) -> list[dict[str, object]]:
    """Covers and riders, whose sum and name go by another word in each family."""
    inside = reader.fields(value, place[0], known_names(place[1])).get(place[1])
    found: list[dict[str, object]] = []
    for i, one in enumerate(reader.listed(inside, f"{place[0]}.{place[1]}")):
        at = f"{place[0]}.{place[1]}.{i}"
        part = reader.fields(one, at, _PART)
        name = part.get("coverName", part.get("riderType", part.get("title", part.get("description"))))
        paise = part.get("sumInsured", part.get("sumAssured", part.get("amount")))
        found.append({"name": reader.text(f"{at}.name", name), "sum_paise": reader.paise(f"{at}.sum", paise)})
    return found


def _holders(reader: Reader, value: Json) -> list[dict[str, object]]:
    inside = reader.fields(value, "Profile.Holders", _HOLDERS).get("Holder")
    return [
        _holder(reader, one, f"Profile.Holders.Holder.{i}")
        for i, one in enumerate(reader.listed(inside, "Profile.Holders.Holder"))
    ]


def _holder(reader: Reader, value: Json, place: str) -> dict[str, object]:
    person = reader.fields(value, place, _HOLDER)
    pan = _pan(reader, f"{place}.pan", person)
    return {
        "name": reader.text(f"{place}.name", person.get("name")),
        "pan": pan,
        "pan_grade": str(pan_grade(pan)),
        "born_on": reader.day(f"{place}.dob", person.get("dob")),
        "mobile": reader.text(f"{place}.mobile", person.get("mobile")),
        "email": reader.text(f"{place}.email", person.get("email")),
        "address": reader.text(f"{place}.address", person.get("address")),
    }


def _transaction(reader: Reader, body: Document) -> Parsed:
    fields = reader.fields(body, "", _TRANSACTION)
    account, form = _account(reader, fields), _form(reader, fields)
    kind = _movement(reader, fields.get("type"), form)
    at, rule = moment(fields.get("txnDate"))
    if at is None:
        raise RecordError(rule or Rule.DATE_UNREADABLE, "a movement has no readable day")
    amount, wrong = amount_paise(fields.get("amount"))
    if amount is None or amount < 0:
        raise RecordError(wrong or "AMOUNT_NEGATIVE", "a movement has no readable amount")
    reader.moment("txnDate", fields.get("txnDate"))
    reader.paise("amount", fields.get("amount"))
    txn_id, on = reader.text("txnId", fields.get("txnId")), at.date().isoformat()
    told: dict[str, object] = {
        "kind": "transaction",
        "on": on,
        "account": account,
        "txn_id": txn_id,
        "type": kind,
        "direction": DIRECTIONS.get(kind),
        "amount_paise": amount,
        "narration": reader.text("narration", fields.get("narration"), is_owed=True),
        "extra": reader.extra,
    }
    known_by: list[object] = [account, txn_id] if txn_id else [account, on, kind, amount]
    return Parsed(known_by, told, amount, tuple(reader.findings))


def _movement(reader: Reader, value: Json, form: str) -> str:
    """A movement of a kind nobody knows is one of the others; one without any kind cannot be placed."""
    own = {spelled: ours for ours, spelled in SPELLED_MOVEMENT[form].items()} if form != GENERAL else {}
    if isinstance(value, str) and value in own:
        return own[value]
    if not isinstance(value, str) or not value.strip():
        raise RecordError("TYPE_MISSING", "a movement does not say what it is")
    return reader.word("type", value, MOVEMENTS, MOVEMENT_WORDS) or "OTHERS"
