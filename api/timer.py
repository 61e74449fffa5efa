"""The service's timer: what is due goes by itself, turn after turn, beside the requests and not before them."""

from __future__ import annotations

from asyncio import gather, sleep, to_thread
from collections.abc import Callable
from contextlib import suppress
from os import urandom

from kit.errors import BahiError
from kit.period import isoformat_utc
from pipeline.faults import noted
from pipeline.second_place import keep_elsewhere
from pipeline.wiring import House


class Timer:
    """Turns until it is cancelled; a turn that fails is logged and the next one tries again."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._told: set[str] = set()

    async def run(self) -> None:
        """Turn at once and then every so many seconds; the machine's clock may jump meanwhile."""
        while True:
            (ended,) = await gather(to_thread(self.turn), return_exceptions=True)
            if ended is not None:
                await to_thread(noted, self._house.lake, self._house.clock, ended, urandom(8).hex())
            await sleep(self._house.config.purge_every_seconds)

    def turn(self) -> None:
        """Mark what expired, remove what is due, finish what is pending, note runs whose process is gone.

        Then what was withdrawn goes to the second place, where one is named.
        """
        # What stands in the way of one act must not hold up the others.
        codes = {
            code for act in (self._purge, self._finish, self._note_interrupted) for code in _codes_of(act)
        }
        unkept = keep_elsewhere(self._house)
        self._tell(codes if unkept is None else codes | {unkept.code})

    def _purge(self) -> set[str]:
        self._house.erasure.purge_due()
        return set()

    def _finish(self) -> set[str]:
        return {error.code for _, error in self._house.erasure.try_pending()[1]}

    def _note_interrupted(self) -> set[str]:
        self._house.runs.note_interrupted()
        return set()

    def _tell(self, codes: set[str]) -> None:
        """Log what stands in the way when it is other than at the turn before; codes name nobody."""
        if codes - self._told:
            with suppress(
                BahiError, OSError
            ):  # A full disk takes no log either; then it is told at a later turn.
                at = isoformat_utc(self._house.clock.now())
                self._house.lake.log({"at": at, "codes": sorted(codes), "event": "turn.failed"})
                self._told = codes
        else:
            self._told = codes


def _codes_of(act: Callable[[], set[str]]) -> set[str]:
    try:
        return act()
    except BahiError as error:
        return {error.code}
