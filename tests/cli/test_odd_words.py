"""Words that argparse or the system would hand on as something other than text are refused as misuse, not met as a bug."""

from __future__ import annotations

import pytest

from cli.main import main


@pytest.mark.parametrize("option", ["--customer-id", "--purpose", "--persona", "--as-of"])
@pytest.mark.parametrize(
    "value", ["--", "\udcff", "MSME\udc80"], ids=["two dashes", "a byte", "a byte at the end"]
)
def test_a_value_that_is_no_text_is_misuse(
    capsys: pytest.CaptureFixture[str], option: str, value: str
) -> None:
    words = [
        "generate",
        *(() if option == "--customer-id" else ("--customer-id=MSME001",)),
        f"{option}={value}",
    ]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "bahi: USAGE:" in told and "next: bahi generate --help" in told


def test_two_dashes_still_end_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "--customer-id", "msme", "--", "bank.credits_paise"]) == 2
    assert "CUSTOMER_ID_INVALID" in capsys.readouterr().err
