"""What tests of any part may ask for, and what they counted, told at the end beside the figures that were promised."""

import gc

import pytest

from tests.engines import where
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url", "where"]


# Corpora shared by many tests lie in memory until the end; looking through them at every few objects costs more than it frees.
gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every property a passed test recorded, one line each."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.partition('::')[0]}: {name}: {value}")
