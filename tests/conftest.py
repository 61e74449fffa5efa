"""What tests of any part may ask for, and what they counted, told at the end beside the figures that were promised."""

import pytest

from tests.engines import where
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url", "where"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every property a passed test recorded, one line each."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.partition('::')[0]}: {name}: {value}")
