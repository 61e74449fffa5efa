from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from consent._filters import implies, within
from kit.scope import DataFilter

AMOUNTS = [Decimal(n) / 2 for n in range(-2, 13)]
Line = tuple[str, Decimal]
LINES: list[Line] = [(kind, amount) for kind in ("CREDIT", "DEBIT", "OTHER") for amount in AMOUNTS]

amount_rules = st.builds(
    DataFilter,
    st.just("TRANSACTIONAMOUNT"),
    st.sampled_from(["=", "!=", ">", "<", ">=", "<="]),
    st.sampled_from(["1", "2", "2.0", "3", "4"]),
)
type_rules = st.builds(
    DataFilter,
    st.just("TRANSACTIONTYPE"),
    st.sampled_from(["=", "!="]),
    st.sampled_from(["CREDIT", "credit", "DEBIT"]),
)
rules = amount_rules | type_rules


def passes(line: Line, rule: DataFilter) -> bool:
    """Apply a rule to one line, in a manner of its own."""
    if rule.type == "TRANSACTIONTYPE":
        return (line[0] == rule.value.upper()) == (rule.operator == "=")
    sign = (line[1] > Decimal(rule.value)) - (line[1] < Decimal(rule.value))
    return (
        sign in {"=": (0,), "!=": (-1, 1), ">": (1,), "<": (-1,), ">=": (0, 1), "<=": (-1, 0)}[rule.operator]
    )


@settings(deadline=None, max_examples=400)
@given(rules, rules)
def test_one_filter_implies_another_exactly_when_no_line_says_otherwise(
    mine: DataFilter, rule: DataFilter
) -> None:
    follows = all(passes(line, rule) for line in LINES if passes(line, mine))
    assert implies(mine, rule) == follows


@settings(deadline=None, max_examples=200)
@given(st.lists(rules, max_size=3), st.lists(rules, max_size=3))
def test_what_is_within_never_shows_a_line_the_consent_hides(
    wanted: list[DataFilter], granted: list[DataFilter]
) -> None:
    if within(tuple(wanted), tuple(granted)):
        shown = [line for line in LINES if all(passes(line, rule) for rule in wanted)]
        assert all(passes(line, rule) for line in shown for rule in granted)


def test_without_granted_filters_everything_is_within() -> None:
    assert within((), ())
    assert not within((), (DataFilter("TRANSACTIONTYPE", "=", "CREDIT"),))
