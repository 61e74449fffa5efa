"""Script door: python generate_all.py --customer-id X does what bahi generate does."""

import sys

from cli.main import main

if __name__ == "__main__":
    sys.exit(main(["generate", *sys.argv[1:]]))
