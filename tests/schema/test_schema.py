"""The server against its own OpenAPI document, with a few random cases for each operation; bench/schema.py sends 10,000."""

import pytest
from schema_cases import SchemaServer, send_cases

# Fewer than these would be no test, however slow the machine.
LEAST_CASES = 300


@pytest.fixture(scope="module")
def server():
    with SchemaServer() as server:
        yield server


def test_no_request_breaks_the_server_or_gets_an_answer_that_the_document_does_not_describe(server):
    sent = send_cases(server.url, seed=1, each=5, phases="examples,fuzzing")
    assert not sent["failures"] and not sent["errors"], sent["words"]
    assert sent["cases"] >= LEAST_CASES, sent["words"]
    assert server.process.poll() is None
    assert server.get("/healthz")
