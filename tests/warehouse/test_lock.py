from __future__ import annotations

import os
import threading

import pytest

from kit.errors import TransientError
from tests.warehouse.world import CUSTOMER, Place, in_child


def test_a_second_writer_is_told_to_wait(place: Place) -> None:
    place.deliver(b"x\n")
    hurried = Place(place.root, wait_s=0.05)
    with place.lake._lock.of(CUSTOMER), pytest.raises(TransientError) as refusal:
        hurried.deliver(b"y\n")
    assert refusal.value.code == "CUSTOMER_BUSY"
    assert CUSTOMER in refusal.value.message
    hurried.deliver(b"y\n")


def test_a_writer_waits_for_the_one_before(place: Place) -> None:
    entered, order = threading.Event(), []

    def second() -> None:
        entered.wait(10)
        place.deliver(b"y\n")
        order.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with place.lake._lock.of(CUSTOMER):
        entered.set()
        waiting.join(0.1)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


def test_the_lock_of_a_dead_writer_is_free(place: Place) -> None:
    def dies_holding() -> None:
        with place.lake._lock.of(CUSTOMER):
            os._exit(7)

    assert in_child(dies_holding) == 7
    Place(place.root, wait_s=0.05).deliver(b"x\n")


def test_a_claim_is_seen_until_it_is_released(place: Place) -> None:
    assert not place.lake.is_claimed("run-1")
    claim = place.lake.claim("run-1")
    assert place.lake.is_claimed("run-1")
    assert Place(place.root).lake.is_claimed("run-1")
    assert not place.lake.is_claimed("run-2")
    claim.release()
    assert not place.lake.is_claimed("run-1")


def test_a_claim_ends_with_its_process(place: Place) -> None:
    def dies_claiming() -> None:
        place.lake.claim("run-1")
        os._exit(7)

    assert in_child(dies_claiming) == 7
    assert not place.lake.is_claimed("run-1")
    assert [path.name for path in place.home.locks.iterdir()] == []
