"""Script door: python pipeline/clean_data.py --customer-id X does what bahi clean does."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # A script's own folder stands first on the path; the packages live one above.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from cli.main import main

    sys.exit(main(["clean", *sys.argv[1:]]))
