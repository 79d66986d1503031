"""Numbered deltas: what is held, who gets what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.push import Push


def test_every_delta_is_broadcast_in_order() -> None:
    sent: list[bytes] = []
    push = Push(sent.append)
    for blob in (b"a", b"b", b"c"):
        push.publish(blob)
    assert (sent, push.seq) == ([b"a", b"b", b"c"], 3)


def test_what_was_missed() -> None:
    push = Push(lambda blob: None)
    for blob in (b"a", b"b", b"c"):
        push.publish(blob)
    assert push.missed(push.epoch, 0) == [b"a", b"b", b"c"]
    assert push.missed(push.epoch, 2) == [b"c"]
    assert push.missed(push.epoch, 3) == []


def test_another_run_or_a_number_never_given() -> None:
    push, other = Push(lambda blob: None), Push(lambda blob: None)
    push.publish(b"a")
    assert push.epoch != other.epoch
    assert push.missed(other.epoch, 0) is None
    assert push.missed("", -1) is None
    assert push.missed(push.epoch, 2) is None
    assert push.missed(push.epoch, -1) is None


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 60))
def test_the_ring_is_bounded_by_bytes(sizes: list[int], keep: int) -> None:
    push = Push(lambda blob: None, keep)
    blobs = [bytes([k]) * size for k, size in enumerate(sizes)]
    for blob in blobs:
        push.publish(blob)
    for seq in range(len(blobs) + 1):
        expected = blobs[seq:]
        assert push.missed(push.epoch, seq) == (expected if sum(map(len, expected)) <= keep else None)


def test_a_frame_too_big_to_keep_is_still_sent() -> None:
    sent: list[bytes] = []
    push = Push(sent.append, 10)
    push.publish(b"x" * 11)
    assert sent == [b"x" * 11]
    assert push.missed(push.epoch, 0) is None
    assert push.missed(push.epoch, 1) == []
