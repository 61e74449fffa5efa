from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import jsonschema_rs
from pydantic import TypeAdapter

from kit.markers import OneOf, Text, Whole

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Marked:
    code: Annotated[str, Text("[A-Z]{2}", max_length=2, min_length=2)]
    amount_paise: Annotated[int, Whole(minimum=0)]
    side: Annotated[str, OneOf("CREDIT", "DEBIT")]
    note: Annotated[str | None, Text(max_length=3)]
    kind: Annotated[str, OneOf("A")] | None


def test_markers_reach_the_schema() -> None:
    properties = TypeAdapter(Marked).json_schema()["properties"]
    assert properties["code"] == {
        "maxLength": 2, "minLength": 2, "pattern": "^(?:[A-Z]{2})$", "title": "Code", "type": "string"
    }  # fmt: skip
    assert properties["amount_paise"]["minimum"] == 0 and "maximum" not in properties["amount_paise"]
    assert properties["side"]["enum"] == ["CREDIT", "DEBIT"]
    assert properties["note"]["anyOf"] == [{"maxLength": 3, "type": "string"}, {"type": "null"}]
    assert properties["kind"]["anyOf"] == [{"enum": ["A"], "type": "string"}, {"type": "null"}]


def test_the_schema_holds_what_the_markers_say() -> None:
    accepts = jsonschema_rs.validator_for(TypeAdapter(Marked).json_schema()).is_valid
    good = {"code": "AB", "amount_paise": 0, "side": "DEBIT", "note": None, "kind": None}
    assert accepts(good)
    for spoiled in (
        {"code": "ABC"},
        {"code": "xAB"},
        {"amount_paise": -1},
        {"side": "BOTH"},
        {"note": "four"},
        {"kind": "B"},
    ):
        assert not accepts({**good, **spoiled})


def test_markers_cost_no_import_at_run_time() -> None:
    code = "import sys, kit.markers; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
