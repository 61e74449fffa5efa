from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import canonical, errors
from kit.chance import Stream
from kit.facts import Coverage, Evidence, Metric, NullReason, Span, document

EVIDENCE = Evidence("bank", "credits", {"account": "1"}, "ab" * 32, 3)
METRIC = Metric(
    id="bank.credits_paise",
    value=100,
    null_reason=None,
    unit="paise",
    window=Span(date(2025, 4, 1), date(2026, 3, 31)),
    coverage=Coverage(12, 12, 365, 365),
    n=3,
    formula="sum of credits",
    version=1,
    inputs=(),
    evidence=(EVIDENCE,),
)
KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.BahiError)
]


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(-(2**63), 2**63 - 1)))
def test_equal_values_have_equal_bytes_whatever_their_order(value: dict[str, int]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical.dumps(value) == canonical.dumps(turned)
    assert canonical.line(value) == canonical.dumps(value) + b"\n"
    assert canonical.sha256_hex(value) == canonical.sha256_hex(turned)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_trip_from_a_worker(kind: type[errors.BahiError]) -> None:
    error = pickle.loads(pickle.dumps(kind("CODE", "said", hint="do", place="here")))
    assert type(error) is kind
    assert (error.code, error.message, error.hint, error.place, str(error)) == (
        "CODE",
        "said",
        "do",
        "here",
        "said",
    )


def test_the_class_of_an_error_decides_the_exit_code() -> None:
    assert {kind.__name__: kind.exit_code for kind in KINDS} == {
        "BahiError": 1, "CallerError": 2, "NotFound": 2, "Conflict": 2, "ConsentRequired": 2, "PolicyRefused": 2,
        "RecordError": 3, "TransientError": 75, "HouseUnfit": 2,
    }  # fmt: skip


def test_the_same_names_give_the_same_draws_in_another_process() -> None:
    code = (
        "from kit.chance import Stream; print([Stream(7, 'A').branch('bank').randrange(10**9) for _ in 'ab'])"
    )
    root = Path(__file__).parents[2]
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert told.split() == str([Stream(7, "A").branch("bank").randrange(10**9) for _ in "ab"]).split()
    assert Stream(7, "A").random() != Stream(7, "B").random()


def test_one_more_draw_in_a_stream_moves_nothing_in_its_branches() -> None:
    quiet, busy = Stream(1), Stream(1)
    busy.random()
    assert quiet.branch("x").random() == busy.branch("x").random()


def test_a_number_without_evidence_cannot_exist() -> None:
    for evidence in ((), (replace(EVIDENCE, n=0),)):
        with pytest.raises(ValueError, match="evidence"):
            replace(METRIC, evidence=evidence)


def test_a_value_and_a_reason_exclude_each_other() -> None:
    assert replace(METRIC, value=None, null_reason=NullReason.SOURCE_ABSENT, evidence=()).value is None
    for value, reason in ((None, None), (1, NullReason.SOURCE_ABSENT)):
        with pytest.raises(ValueError, match="exactly one"):
            replace(METRIC, value=value, null_reason=reason)


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_a_value_is_a_whole_number(value: object) -> None:
    with pytest.raises(ValueError, match="whole"):
        replace(METRIC, value=value)  # type: ignore[arg-type]


def test_a_metric_is_written_with_everything_that_defends_it() -> None:
    written = document(METRIC)
    assert written["window"] == {"from": "2025-04-01", "to": "2026-03-31"}
    assert written["coverage"] == {
        "months_needed": 12,
        "months_full": 12,
        "days_received": 365,
        "days_window": 365,
    }
    assert written["evidence"] == [
        {"source": "bank", "selector": "credits", "args": {"account": "1"}, "input_sha": "ab" * 32, "n": 3}
    ]
    assert canonical.dumps(written)
