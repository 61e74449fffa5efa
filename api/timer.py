"""The service's timer: what is due goes by itself, turn after turn, beside the requests and not before them."""

from __future__ import annotations

from asyncio import gather, sleep, to_thread
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
        try:
            self._house.erasure.purge_due()
            _, stuck = self._house.erasure.try_pending()
            self._house.runs.note_interrupted()
        except BahiError as error:
            codes = {error.code}
        else:
            codes = {error.code for _, error in stuck}
        unkept = keep_elsewhere(self._house)
        self._tell(codes if unkept is None else codes | {unkept.code})

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
