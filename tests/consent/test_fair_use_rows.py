"""Every published row against every limit it sets: at the limit it fits, one beyond it is named by rule and field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from consent._fair_use_rows import TABLES, quantity
from consent._guard import is_overused
from consent._store import Consent, Fetched
from consent.artefact import (
    CONSENT_TYPES,
    FI_TYPES,
    INF,
    Artefact,
    Coverage,
    Detail,
    Entity,
    FetchType,
    Mode,
    Moments,
    Purpose,
    Quantity,
    State,
)
from consent.fair_use import check, enforce, rows_for
from kit.errors import PolicyRefused
from kit.ident import CustomerId
from kit.period import IST, Unit
from kit.source import Channel
from tests.consent.published_rows import PUBLISHED, Published

START = datetime(2027, 1, 31, 10, 0, tzinfo=IST)  # A month later there is no 31st.
FIRST = datetime(2024, 2, 29, tzinfo=IST)  # A year later there is no 29th of February.
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
_POLICY = "Consent parameters are not as per fair use policy"
PUBLISHED_WORDS = {
    "FIDataRange": "FI data range is not as per fair use policy",
    "fetchType": f"{_POLICY} - fetchType is invalid",
    "consentExpiry": f"{_POLICY} - consentExpiry is invalid",
    "DataLife": f"{_POLICY} - DataLife is invalid",
    "Frequency": f"{_POLICY} - Frequency is invalid",
    "fiTypes": f"{_POLICY} - fiTypes is invalid",
    "consentTypes": f"{_POLICY} - consentTypes is invalid",
}
ROWS = pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.rule)


def amounts(text: str) -> list[Quantity]:
    """Read the published amounts and leave out the units that may not be used."""
    pairs = (part.split() for part in text.split(", "))
    return [Quantity(Unit(unit), int(value)) for value, unit in pairs if value != "0"]


def end(text: str, start: datetime) -> datetime:
    return amounts(text)[0].end_from(start)


def at_limit(row: Published) -> Artefact:
    """Ask for all that a row allows."""
    frequency = amounts(row.frequency) or [Quantity(Unit.MONTH, 1)]
    detail = Detail(
        start=START,
        expiry=end(row.expiry, START),
        mode=Mode.STORE,
        fetch_type=FetchType(row.fetch_type),
        consent_types=tuple(row.consent_types.split()),
        fi_types=tuple(row.fi_types.split()),
        consumer=Entity("FIU", "FIU"),
        provider=Entity("AA", "AA"),
        customer_vua="asha@aa",
        identifiers=(),
        purpose=Purpose(row.purpose, "", "", ""),
        range=Moments(FIRST, end(row.range, FIRST)),
        data_life=amounts(row.data_life)[0],
        frequency=frequency[0],
        filters=(),
        accounts=(),
    )
    covers = (Coverage("bank", ("transaction",)),)
    return Artefact("c", CustomerId("ASHA"), "ENTITY", Channel.AA, covers, detail, "h", "t", START, "")


@dataclass
class Case:
    """A row's fullest consent, changed in one field."""

    field: str
    detail: Detail


def beyond(row: Published) -> Iterator[Case]:
    detail = at_limit(row).detail
    other = FetchType.PERIODIC if detail.fetch_type is FetchType.ONETIME else FetchType.ONETIME
    yield Case("fetchType", detail._replace(fetch_type=other))
    yield Case("consentExpiry", detail._replace(expiry=detail.expiry + SECOND))
    yield Case("FIDataRange", detail._replace(range=Moments(FIRST, detail.range.last + SECOND)))
    for life in beyond_each(amounts(row.data_life), (Unit.DAY, Unit.MONTH, Unit.YEAR)):
        yield Case("DataLife", detail._replace(data_life=life))
    once = [Quantity(unit, 1) for unit in Unit]
    for frequency in beyond_each(amounts(row.frequency) or once, tuple(Unit)):
        yield Case("Frequency", detail._replace(frequency=frequency))
    for kind in sorted(set(CONSENT_TYPES) - set(detail.consent_types)):
        yield Case("consentTypes", detail._replace(consent_types=(*detail.consent_types, kind)))
    siblings = [one for one in PUBLISHED if (one.purpose, one.template) == (row.purpose, row.template)]
    for kind in sorted(FI_TYPES - {name for one in siblings for name in one.fi_types.split()}):
        yield Case("fiTypes", detail._replace(fi_types=(*detail.fi_types, kind)))


def beyond_each(allowed: list[Quantity], units: tuple[Unit, ...]) -> Iterator[Quantity]:
    """One more of every unit that may be used, one of every other, and without end."""
    most = {amount.unit: amount.value for amount in allowed}
    yield from (Quantity(unit, most.get(unit, 0) + 1) for unit in units)
    yield INF


def test_the_table_holds_the_sixteen_published_rows_and_nothing_else() -> None:
    (table,) = TABLES.values()
    assert len(PUBLISHED) == 16
    assert [row.rule for row in table] == [row.rule for row in PUBLISHED]
    for ours, theirs in zip(table, PUBLISHED, strict=True):
        assert (ours.purpose, ours.template or "", ours.fetch_type) == theirs[1:4]
        assert set(ours.fi_types) == set(theirs.fi_types.split()) and len(set(ours.fi_types)) == len(
            ours.fi_types
        )
        assert list(ours.consent_types) == theirs.consent_types.split()
        assert [quantity(part) for part in ours.data_life.split(", ")] == amounts(theirs.data_life)
        assert (ours.expiry, ours.range) == (theirs.expiry, theirs.range)


def fitting(row: Published) -> Iterator[Case]:
    """Consents at the limit in every unit a row names, and one below it, by the field they try."""
    detail = at_limit(row).detail
    yield Case("fetchType", detail)
    for moment in (detail.expiry, detail.expiry - SECOND, detail.start + SECOND):
        yield Case("consentExpiry", detail._replace(expiry=moment))
    for last in (detail.range.last, detail.range.last - SECOND, FIRST):
        yield Case("FIDataRange", detail._replace(range=Moments(FIRST, last)))
    for life in within_each(amounts(row.data_life)):
        yield Case("DataLife", detail._replace(data_life=life))
    for frequency in within_each(amounts(row.frequency) or [Quantity(unit, 1) for unit in Unit]):
        yield Case("Frequency", detail._replace(frequency=frequency))
    for kind in detail.consent_types:
        yield Case("consentTypes", detail._replace(consent_types=(kind,)))
    for kind in detail.fi_types:
        yield Case("fiTypes", detail._replace(fi_types=(kind,)))


def within_each(allowed: list[Quantity]) -> Iterator[Quantity]:
    for most in allowed:
        yield from (Quantity(most.unit, value) for value in {most.value, most.value - 1, 1} if value > 0)


FIELDS = {"fetchType", "consentExpiry", "FIDataRange", "DataLife", "Frequency", "fiTypes", "consentTypes"}


@ROWS
def test_all_that_a_row_allows_fits_in_every_unit_it_names(row: Published) -> None:
    cases = list(fitting(row))
    assert {case.field for case in cases} == FIELDS
    for case in cases:
        asked = at_limit(row)._replace(detail=case.detail)
        assert enforce(asked, row.template or None) is asked, case


@ROWS
def test_one_step_beyond_any_limit_is_refused_in_the_published_words_by_rule_and_field(
    row: Published,
) -> None:
    cases = list(beyond(row))
    assert {case.field for case in cases} | {"consentTypes"} == FIELDS
    for case in cases:
        asked = at_limit(row)._replace(detail=case.detail)
        (found,) = check(asked, row.template or None)
        assert (found.field, row.rule in found.rule.split(", ")) == (case.field, True), case
        with pytest.raises(PolicyRefused) as refused:
            enforce(asked, row.template or None)
        error = refused.value
        assert (error.status, error.code, error.place) == (412, "FAIR_USE", case.field)
        assert error.message == f"{PUBLISHED_WORDS[case.field]}: got {found.got}, at most {found.most}."


def test_there_are_hundreds_of_cases_of_either_kind(record_property: Callable[[str, object], None]) -> None:
    counts = {kind.__name__: sum(len(list(kind(row))) for row in PUBLISHED) for kind in (fitting, beyond)}
    assert min(counts.values()) >= 200
    record_property("cases of sixteen rows", counts)
    narrower = [row.rule for row in PUBLISHED if set(row.consent_types.split()) < set(CONSENT_TYPES)]
    assert narrower == ["104-CT035", "105-default"], "only these can be asked for a consent type too many"


@pytest.mark.parametrize(
    ("row", "most"),
    [(row, most) for row in PUBLISHED for most in amounts(row.frequency)],
    ids=lambda one: getattr(one, "rule", None) or str(one),
)
def test_a_row_s_frequency_counts_from_the_first_moment_of_the_window_in_india(
    row: Published, most: Quantity
) -> None:
    """At midnight in India, which is no midnight of UTC, a row's count begins again, and not a tick earlier."""
    assert most.unit in (Unit.DAY, Unit.MONTH)
    following = datetime(2027, 2, 1, tzinfo=IST)
    begun = datetime(2027, 1, 31 if most.unit is Unit.DAY else 1, tzinfo=IST)
    spread = (following - begun) / most.value
    fullest = at_limit(row)
    artefact = fullest._replace(detail=fullest.detail._replace(frequency=most))
    for last_n in (most.value - 1, most.value):
        uses = tuple(Fetched("bank", str(n), (begun + spread * n).astimezone(UTC)) for n in range(last_n))
        before = tuple(Fetched("bank", f"before {n}", begun - TICK) for n in range(most.value))
        consent = Consent(artefact, State.ACTIVE, (*before, *uses), START, None)
        is_spent = last_n == most.value
        for at, is_refused in ((following - TICK, is_spent), (following, False)):
            assert is_overused(consent, "bank", "another", at.astimezone(UTC)) is is_refused, (last_n, at)
        assert not is_overused(consent, "gst", "another", following - TICK)


def published(rule: str) -> Published:
    return next(row for row in PUBLISHED if row.rule == rule)


@pytest.mark.parametrize(
    ("rule", "kind", "most"),
    [
        ("104-CT035", "PROFILE", "SUMMARY"),
        ("104-CT035", "TRANSACTIONS", "SUMMARY"),
        ("105-default", "TRANSACTIONS", "PROFILE, SUMMARY"),
    ],
)
def test_rows_without_transactions_refuse_them_by_name(rule: str, kind: str, most: str) -> None:
    row = published(rule)
    fullest = at_limit(row)
    wider = fullest.detail._replace(consent_types=(*fullest.detail.consent_types, kind))
    (found,) = check(fullest._replace(detail=wider), row.template or None)
    assert found == (rule, "consentTypes", kind, most)


def test_a_template_beats_the_default_and_one_without_rows_leaves_the_default_standing() -> None:
    fullest = at_limit(published("103-default"))
    assert [row.rule for row in rows_for(fullest)] == ["103-default"]
    assert [row.rule for row in rows_for(fullest, "CT006")] == ["103-CT006"]
    assert [row.rule for row in rows_for(fullest, "CT042")] == ["103-default"]
    assert {violation.field for violation in check(fullest, "CT006")} == {"fiTypes", "FIDataRange"}
    assert check(fullest, "CT042") == ()


@pytest.mark.parametrize(("purpose", "template"), [(101, ""), (102, ""), (102, "CT019")])
def test_of_several_types_the_largest_range_among_their_rows_counts(purpose: int, template: str) -> None:
    plain, market = (row for row in PUBLISHED if (row.purpose, row.template) == (purpose, template))
    both = at_limit(market).detail._replace(fi_types=("DEPOSIT", "MUTUAL_FUNDS"))
    fullest = at_limit(market)._replace(detail=both)
    assert check(fullest, template or None) == ()
    longer = both._replace(range=Moments(FIRST, both.range.last + SECOND))
    (found,) = check(fullest._replace(detail=longer), template or None)
    assert (found.rule, found.field, found.most) == (market.rule, "FIDataRange", market.range)
    alone = both._replace(fi_types=("DEPOSIT",))
    (found,) = check(fullest._replace(detail=alone), template or None)
    assert (found.rule, found.field, found.most) == (plain.rule, "FIDataRange", plain.range)


def test_what_breaks_two_rows_alike_is_told_once() -> None:
    fullest = at_limit(published("101-default"))
    detail = fullest.detail._replace(fi_types=("DEPOSIT", "MUTUAL_FUNDS"), data_life=Quantity(Unit.DAY, 32))
    (found,) = check(fullest._replace(detail=detail))
    assert found == ("101-default", "DataLife", "32 DAY", "31 DAY or 1 MONTH")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("31 DAY", Quantity(Unit.DAY, 31)),
        ("31day", Quantity(Unit.DAY, 31)),
        ("5/MONTH", Quantity(Unit.MONTH, 5)),
        ("inf", INF),
        ("-1 DAY", None),
        ("1.5 DAY", None),
        ("٣ DAY", None),
        ("3 WEEK", None),
        ("3 DAY\n", None),
        ("", None),
        ("9" * 4000 + "DAY", None),
    ],
)
def test_an_amount_is_read_as_it_is_written_or_not_at_all(text: str, read: Quantity | None) -> None:
    assert quantity(text) == read
