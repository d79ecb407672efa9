"""Kills while everything is written to at once; bench/kill.py does 200."""

from mixed_load import kill_rounds

ROUNDS = 15


def test_after_every_kill_each_file_opens_and_nothing_that_was_acknowledged_is_lost():
    counts, _ = kill_rounds(ROUNDS)
    assert all(count > 0 for count in counts.values()), counts
