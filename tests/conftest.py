"""What the tests of the binary share."""

import signal


def pytest_configure():
    """Ends like Ctrl-C when asked to stop, so that fixtures end the servers that they started."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
