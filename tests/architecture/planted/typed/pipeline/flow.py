"""Planted: a flow that swallows what it does not know, beside the one boundary that may."""

import contextlib


def continue_run() -> None:
    try:
        print()
    # The named boundary.
    except Exception:
        print()


def other() -> None:
    try:
        print()
    # Three ways to swallow, and a fourth.
    except (ValueError, Exception):
        print()
    except BaseException:
        print()
    except:
        print()
    with contextlib.suppress(Exception):
        print()


def undone() -> None:
    try:
        print()
    except BaseException:
        print()
        raise
