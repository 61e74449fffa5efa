"""What tests counted is told at the end, so that a figure in a log can be held against the one that was promised."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every property a passed test recorded, one line each."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.partition('::')[0]}: {name}: {value}")
