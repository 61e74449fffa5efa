"""Planted: a second clock beside the one that may be read."""

from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class OtherClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
