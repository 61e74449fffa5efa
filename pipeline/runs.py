"""Runs are rows of the ledger, for the command line and the service alike: one truth for whoever watches."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import urandom
from typing import NamedTuple

from kit.canonical import dumps
from kit.errors import NotFound
from kit.ident import CustomerId
from kit.period import Clock, isoformat_utc
from warehouse.lake import Claim, Lake
from warehouse.ledger import Ledger, Row, Tx

_OPEN_ROOTS = "SELECT id FROM run WHERE status = 'running' AND parent IS NULL"
_OF_CUSTOMER = " AND customer = :customer"


class Note(NamedTuple):
    """One line of progress, as the monitor and the terminal show it."""

    kind: str
    step: str
    source: str
    done_n: int
    total_n: int | None
    note: str


class RunStart(NamedTuple):
    """What a run row needs to be opened."""

    customer: CustomerId
    purpose: int
    step: str
    source: str | None
    key: str
    parent: str | None


class Runs:
    """Opens, follows and closes run rows."""

    def __init__(self, ledger: Ledger, clock: Clock, lake: Lake) -> None:
        self._ledger = ledger
        self._clock = clock
        self._lake = lake
        self._claims: dict[str, Claim] = {}

    def open(self, start: RunStart) -> str:
        """Write the row before the work begins; a run of its own shows that its process lives."""
        run_id = f"run_{urandom(8).hex()}"
        if start.parent is None:
            self.note_interrupted(start.customer)
            self._claims[run_id] = self._lake.claim(run_id)
        try:
            self._write(run_id, start)
        except BaseException:
            self._release(run_id)
            raise
        return run_id

    def _write(self, run_id: str, start: RunStart) -> None:
        with self._ledger.transaction() as tx:
            tx.execute(
                "INSERT INTO run (id, customer, purpose, step, source, key, status, counts, parent, started_at)"
                " VALUES (:id, :customer, :purpose, :step, :source, :key, 'running', '{}', :parent, :at)",
                id=run_id,
                at=isoformat_utc(self._clock.now()),
                **start._asdict(),
            )

    def close(
        self, run_id: str, status: str, counts: Mapping[str, int], error_code: str | None = None
    ) -> None:
        """Write how the run ended, without sums of money: rows are shown where no right to data is asked."""
        # An ended run is not claimed even where its row could not be closed: the next look finds it interrupted.
        with self._released(run_id), self._ledger.transaction() as tx:
            tx.execute(
                "UPDATE run SET status = :status, counts = :counts, error_code = :error_code, ended_at = :at"
                " WHERE id = :id AND status = 'running'",
                id=run_id,
                status=status,
                counts=dumps(_numbers(counts)).decode(),
                error_code=error_code,
                at=isoformat_utc(self._clock.now()),
            )

    def fail(self, run_id: str, error_code: str) -> None:
        """Close a run and whatever was open below it with the reason, in one act."""
        at = isoformat_utc(self._clock.now())
        with self._released(run_id), self._ledger.transaction() as tx:
            open_below = tx.all(
                "SELECT step, source FROM run WHERE parent = :id AND status = 'running'", id=run_id
            )
            tx.execute(
                "UPDATE run SET status = 'failed', error_code = :code, ended_at = :at"
                " WHERE (id = :id OR parent = :id) AND status = 'running'",
                code=error_code,
                at=at,
                id=run_id,
            )
            for row in open_below:
                step, source = str(row["step"]), str(row["source"])
                _append(tx, run_id, at, Note("failed", step, source, 0, None, error_code))

    def note_interrupted(self, customer: CustomerId | None = None) -> None:
        """Close the runs, of one customer or of all, whose process is gone."""
        with self._ledger.reading() as tx:
            rows = tx.all(f"{_OPEN_ROOTS}{'' if customer is None else _OF_CUSTOMER}", customer=customer)
        for row in rows:
            if not self._lake.is_claimed(str(row["id"])):
                self.fail(str(row["id"]), "INTERRUPTED")

    @contextmanager
    def _released(self, run_id: str) -> Iterator[None]:
        try:
            yield
        finally:
            self._release(run_id)

    def _release(self, run_id: str) -> None:
        claim = self._claims.pop(run_id, None)
        if claim is not None:
            claim.release()

    def tell(self, run_id: str, note: Note) -> None:
        """Append one event to a run."""
        at = isoformat_utc(self._clock.now())
        with self._ledger.transaction() as tx:
            _append(tx, run_id, at, note)

    def of_customer(self, customer: CustomerId, limit: int = 50) -> list[Row]:
        """List the newest runs of one customer."""
        with self._ledger.reading() as tx:
            return tx.all(
                "SELECT id, purpose, step, source, status, error_code, counts, parent, started_at, ended_at FROM run"
                " WHERE customer = :customer ORDER BY started_at DESC, id DESC LIMIT :limit",
                customer=customer,
                limit=limit,
            )

    def one(self, run_id: str) -> Row:
        """Find one run, or say that there is none."""
        with self._ledger.reading() as tx:
            return _found(tx, run_id)

    def events_after(self, run_id: str, seq: int) -> list[Row]:
        """List a run's events beyond one already seen."""
        with self._ledger.reading() as tx:
            return tx.all(
                "SELECT seq, at, kind, step, source, done_n, total_n, note FROM run_event"
                " WHERE run_id = :run_id AND seq > :seq ORDER BY seq",
                run_id=run_id,
                seq=seq,
            )


def _numbers(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if not name.endswith("_paise")}


def _append(tx: Tx, run_id: str, at: str, note: Note) -> None:
    tx.execute(
        "INSERT INTO run_event (run_id, seq, at, kind, step, source, done_n, total_n, note)"
        " SELECT :run_id, COALESCE(MAX(seq), 0) + 1, :at, :kind, :step, :source, :done_n, :total_n, :note"
        " FROM run_event WHERE run_id = :run_id",
        run_id=run_id,
        at=at,
        **note._asdict(),
    )


def _found(tx: Tx, run_id: str) -> Row:
    row = tx.one(
        "SELECT id, customer, purpose, step, source, status, error_code, counts, started_at, ended_at"
        " FROM run WHERE id = :id",
        id=run_id,
    )
    if row is None:
        raise NotFound(
            "RUN_NOT_FOUND", "There is no such run.", hint="bahi status --customer-id X lists the runs."
        )
    return row
