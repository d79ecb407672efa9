"""Kills of the server while its memory is written to."""

from council_server import Server
from memory_writes import kill_rounds

# The bench does 200 (bench/memory.py kill).
ROUNDS = 20


def test_after_a_kill_every_acknowledged_write_is_there_and_nothing_forgotten_is_back():
    with Server(None, "--scripted") as server:
        counts = kill_rounds(server, ROUNDS)
    assert all(count > 0 for count in counts.values()), counts
