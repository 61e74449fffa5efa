"""Who is who: one PAN for each party in all sources, envelopes that name what follows, and no line outside the days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from tests.sources._identities.told import Answers, Body, Fault, Line, day_of

# The fourth letter of a PAN tells whose it is.
LETTER = {"Proprietorship": "P", "Partnership": "F", "Limited Liability Partnership": "F"}


def pans(answers: Answers) -> Iterator[Fault]:
    """The registration, the bank's holder, the borrower, the seller, who holds funds and who is insured: one PAN a party."""
    known: dict[str, str] = {}
    for line in answers.lines:
        for pan in _pans(line):
            if known.setdefault(line.party, pan) != pan:
                yield Fault(line, f"{line.party} has another PAN here than in the first line that told it")
    owners: dict[str, str] = {}
    for party, pan in known.items():
        if owners.setdefault(pan, party) != party:
            yield Fault(
                next(line for line in answers.lines if line.party == party), "two parties share a PAN"
            )
    for line in answers.of("gst", kind="envelope"):
        letter = LETTER.get(line.body["ctb"])
        if letter is not None and line.body["gstin"][5] != letter:
            yield Fault(line, "the constitution is not the one the PAN tells of")


def _pans(line: Line) -> Iterator[str]:
    yield from {"bank": _held, "mutual_funds": _held, "gst": _registered}.get(line.source, _named)(line.body)


def _held(body: Body) -> Iterator[str]:
    for account in body.get("accounts", ()):
        for holder in account["Profile"]["Holders"]["Holder"]:
            yield holder["pan"]


def _registered(body: Body) -> Iterator[str]:
    if body["gstin"]:
        yield body["gstin"][2:12]


def _named(body: Body) -> Iterator[str]:
    if body.get("kind") == "envelope":
        yield body["borrower"]["primaryId"] if "borrower" in body else body["pan"]
        yield from (gstin[2:12] for gstin in _gstins(body))
    if "Profile" in body:
        yield from (holder["pan"] for holder in body["Profile"]["Holders"]["Holder"])
    for application in (*body.get("loanApplications", ()), body.get("loanDetails") or {}):
        if "borrower" in application:
            yield application["borrower"]["primaryId"]
    for group in body.get("message", {}).get("order", {}).get("tags", ()):
        if group["code"] == "bpp_terms":
            told = {one["code"]: one["value"] for one in group["list"]}
            yield told["provider_tax_number"]
            if told.get("tax_number"):
                yield told["tax_number"][2:12]


def _gstins(body: Body) -> Iterator[str]:
    if body.get("gstin"):
        yield body["gstin"]
    for one in body.get("borrower", {}).get("additionalIdentifiers", ()):
        if one["key"] == "GSTIN":
            yield one["value"]


def envelopes(answers: Answers) -> Iterator[Fault]:
    """A parcel begins with its envelope; only a bank's answer has several, one for each bank, and each account in one."""
    begun: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    accounts: set[tuple[str, str]] = set()
    for line in answers.lines:
        place, is_envelope = (line.source, line.party), line.body.get("kind") == "envelope"
        if (line.number == 1) > is_envelope:
            yield Fault(line, "a parcel does not begin with an envelope")
        if is_envelope:
            begun[place][line.body.get("fipID", "")] += 1
            for account in line.body.get("accounts", ()):
                reference = line.source, account["linkRefNumber"]
                if reference in accounts:
                    yield Fault(line, "an account stands in two envelopes")
                accounts.add(reference)
            if max(begun[place].values()) > 1 or (len(begun[place]) > 1 and line.source != "bank"):
                yield Fault(line, "an envelope too many")
        elif "linkRefNumber" in line.body and (line.source, line.body["linkRefNumber"]) not in accounts:
            yield Fault(line, "a line of an account no envelope names")
    yield from _filings(answers)


def _filings(answers: Answers) -> Iterator[Fault]:
    """The list of filings in the envelope is that of the lines."""
    told = Counter(
        (line.body["form"], line.body.get("fp") or line.body.get("ret_period"), line.body["dof"])
        for line in answers.of("gst", kind="filing")
        if line.body["form"] not in ("GSTR2B", "IFF")
    )
    for line in answers.of("gst", kind="envelope"):
        listed = Counter(
            (one["rtntype"], one["ret_prd"], one["dof"])
            for one in line.body["filing"]
            if one["rtntype"] != "IFF" and one["status"] == "Filed"
        )
        if line.body["gstin"] and listed != told:
            yield Fault(
                line,
                f"filings listed and not told, or told and not listed: {(listed - told) + (told - listed)}",
            )


def days(answers: Answers) -> Iterator[Fault]:
    """No line lies outside the days its envelope says it covers."""
    covered: dict[tuple[str, str], tuple[date, date]] = {}
    for line in answers.lines:
        if line.body.get("kind") == "envelope":
            covered.update(_covered(line))
            continue
        day = day_of(line)
        reference = line.body.get("linkRefNumber", "")
        if day is not None:
            span = covered.get((f"{line.source}/{line.party}", reference)) or covered.get(
                (f"{line.source}/{line.party}", "")
            )
            if span is None or not span[0] <= day <= span[1]:
                yield Fault(line, f"a line of {day} outside the days covered")


def _covered(line: Line) -> Iterator[tuple[tuple[str, str], tuple[date, date]]]:
    place = f"{line.source}/{line.party}"
    for account in line.body.get("accounts", ()):
        told = account["Transactions"]
        yield (
            (place, account["linkRefNumber"]),
            (
                date.fromisoformat(told["startDate"]),
                date.fromisoformat(told["endDate"]),
            ),
        )
    if line.body.get("from"):
        yield (place, ""), (date.fromisoformat(line.body["from"]), date.fromisoformat(line.body["to"]))
