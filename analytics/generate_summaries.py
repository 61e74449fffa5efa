"""Script door: python analytics/generate_summaries.py --customer-id X does what bahi analyze does."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # A script's own folder stands first on the path; the packages live one above.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from cli.main import main

    sys.exit(main(["analyze", *sys.argv[1:]]))
