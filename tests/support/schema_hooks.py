"""What schemathesis must know of this API, and checks of its own; loaded by it (SCHEMATHESIS_HOOKS)."""

import json

import schemathesis

# Whoever is refused for now must be told when to come again.
FOR_NOW = (429, 503, 507)


@schemathesis.serializer(
    "application/x-ndjson", "application/zip", "application/vnd.sqlite3", "application/octet-stream"
)
def as_it_is(_context, value):
    """Bodies that are files."""
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode("utf-8", "surrogatepass")


@schemathesis.check
def every_answer_has_an_id(_context, response, _case):
    assert response.headers.get("x-request-id", [""])[0].startswith("req_"), response.headers


@schemathesis.check
def who_is_refused_for_now_is_told_when_to_come_again(_context, response, _case):
    if response.status_code in FOR_NOW:
        assert int(response.headers["retry-after"][0]) >= 1, response.headers


@schemathesis.check
def every_failure_has_the_shape_of_a_failure(_context, response, case):
    # What is not ready says so in a shape of its own.
    if response.status_code < 400 or case.operation.path in ("/health", "/readyz"):
        return
    error = json.loads(response.content)["error"]
    assert error["message"] and error["code"] and error["request_id"], error


@schemathesis.check
def the_events_of_a_stream_and_the_lines_of_a_file_are_json(_context, response, case):
    kind = response.headers.get("content-type", [""])[0]
    if kind not in ("application/x-ndjson", "text/event-stream"):
        return
    text = response.content.decode()
    if kind == "application/x-ndjson":
        # Only this ends a line: `splitlines` takes other characters for ends, which may stand in a string of JSON.
        for line in filter(None, text.split("\n")):
            json.loads(line)
    # This one streams text as it is; and OpenAI's ends with a word.
    if kind == "text/event-stream" and case.operation.path != "/hybrid/stream":
        for line in text.split("\n"):
            if line.startswith("data: ") and line != "data: [DONE]":
                json.loads(line.removeprefix("data: "))
