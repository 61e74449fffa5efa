"""All benchmarks, one table: `make bench`."""

from __future__ import annotations

import sys

from tests.bench import audit, cleaning, generating, portfolio, startup
from tests.bench.measure import show

if __name__ == "__main__":
    sys.exit(show([*startup.rows(), *cleaning.rows(), *generating.rows(), *portfolio.rows(), *audit.rows()]))
