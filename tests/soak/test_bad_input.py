"""Bad input: each gets a clear error with its status, and harms nobody else."""

import json
import socket
import subprocess

import pytest
from council_server import SMALL_MODEL, Server, binary, environment, models_dir
from http_client import connect, send

CHAT = "/v1/chat/completions"
HELLO = {"model": SMALL_MODEL, "messages": [{"role": "user", "content": "Hi."}], "max_tokens": 1}


def assert_healthy(server):
    """The worker has survived and answers."""
    assert send(server.url, CHAT, HELLO).status == 200
    assert server.metric("council_model_worker_crashes_total") == 0


def schema(value):
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": value}}}


def nested(depth):
    value = {"type": "string"}
    for _ in range(depth):
        value = {"type": "object", "properties": {"a": value}, "required": ["a"]}
    return value


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"", 400, "empty"),
        (b'{"messages": [', 400, "JSON"),
        (b"[]", 400, "object"),
        (b'{"messages": [{"role": "user", "content": "\xff\xfe"}]}', 400, "UTF-8"),
        (b'{"messages": [{"role": "user", "content": "\\ud800"}]}', 400, "JSON"),
        (b'{"messages": "hi"}', 400, "`messages`"),
        (b'{"messages": [{"role": "user", "content": 5}]}', 400, "messages[0].content"),
        (b'{"messages": [], "model": null}', 400, "`messages` is empty"),
        (b'{"model": "smollm2-135m-instruct"}', 400, "`messages` is missing"),
        (b'{"messages": [{"role": "user", "content": "x"}], "model": 7}', 400, "`model`"),
        (b'{"messages": [{"role": "user", "content": "x"}], "model": "../../etc/passwd"}', 404, "not installed"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": NaN}', 400, "JSON"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": 1e999}', 400, "number"),
        (b'{"messages": [{"role": "user", "content": "x"}], "temperature": -1}', 400, "`temperature` is -1"),
        (b'{"messages": [{"role": "user", "content": "x"}], "top_k": -1}', 400, "`top_k` is -1"),
        (b'{"messages": [{"role": "user", "content": "x"}], "top_p": 1.5}', 400, "`top_p` is 1.5"),
        (b'{"messages": [{"role": "user", "content": "x"}], "min_p": -0.5}', 400, "`min_p`"),
        (b'{"messages": [{"role": "user", "content": "x"}], "repetition_penalty": 0}', 400, "`repetition_penalty`"),
        (b'{"messages": [{"role": "user", "content": "x"}], "max_tokens": -5}', 400, "`max_tokens` is -5"),
        (b'{"messages": [{"role": "user", "content": "x"}], "stream": "yes"}', 400, "`stream`"),
        (b'{"messages": [{"role": "user", "content": "x"}], "messages": []}', 400, "given twice"),
        (b"[" * 100_000, 400, "object"),
        (b'{"messages":' + b"[" * 100_000, 400, "messages[0]"),
        (b'{"pad":' + b"[" * 100_000, 400, "JSON"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_a_bad_body_is_refused_in_words(server, body, status, word):
    answer = send(server.url, CHAT, body)
    assert (answer.status, word in answer.error["message"]) == (status, True), answer.error


@pytest.mark.parametrize(
    "fields",
    [
        {"grammar": ""},
        {"grammar": 'root ::= missing "a"'},
        {"grammar": 'other ::= "a"'},
        {"grammar": 'root ::= root "a" | "a"'},
        {"grammar": 'root ::= "a"{2000000}'},
        {"logit_bias": {"4000000000": 1}},
        {"logit_bias": {"-1": 1}},
        {"stop": ["x"] * 17},
        {"stop": "x" * 2_000},
        schema({"type": "nonsense"}),
        schema({"$ref": "#/$defs/missing"}),
        schema({"type": "string", "pattern": "((((("}),
        schema({"type": "string", "pattern": "^(?=a)b$"}),
        schema({"not": {"type": "string"}}),
        schema({"type": "array", "uniqueItems": True}),
        schema({"$ref": "https://localhost:1/schema.json"}),
    ],
    ids=lambda fields: json.dumps(fields)[:70],
)
def test_a_form_that_cannot_be_followed_is_refused_and_the_engine_survives(server, fields):
    answer = send(server.url, CHAT, HELLO | fields)
    assert answer.status == 400, answer.body
    assert answer.error["param"]
    assert_healthy(server)


@pytest.mark.parametrize(
    "fields",
    [
        {"grammar": "root ::= "},
        {"grammar": 'root ::= ("a" | "")*'},
        {"grammar": 'root ::= ""'},
        schema({}),
        schema({"type": "string", "maxLength": 100_000_000}),
        schema({"type": "array", "items": {"type": "integer"}, "minItems": 1_000_000}),
        schema({"enum": [f"word {number}" for number in range(5_000)]}),
        schema({"type": "string", "pattern": "[0-9]"}),
        schema(nested(40)),
        schema({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}),
        schema({"type": "string", "pattern": "^(a+)+$"}),
        {"messages": [{"role": "user", "content": "\u0000\ufffd<|im_end|><|im_start|>" * 20}]},
        {"messages": [{"role": "user", "content": ""}]},
        {"seed": -1, "top_p": 0, "top_k": 4_000_000_000},
    ],
    ids=lambda fields: json.dumps(fields)[:70],
)
def test_a_strange_request_is_answered_or_refused_and_the_engine_survives(server, fields):
    answer = send(server.url, CHAT, HELLO | {"max_tokens": 3} | fields)
    assert answer.status == 200 or (answer.status == 400 and answer.error["param"]), answer.body
    assert_healthy(server)


# llama.cpp's grammar parser recurses: 20,000 levels would overflow the worker's stack.
def test_a_grammar_that_nests_too_deeply_does_not_end_the_worker():
    with Server(SMALL_MODEL) as server:
        grammar = "root ::= " + "(" * 50_000 + '"a"' + ")" * 50_000
        answer = send(server.url, CHAT, HELLO | {"grammar": grammar})
        assert answer.status in (200, 400), answer.body
        assert_healthy(server)


def test_a_prompt_beyond_the_context_is_refused_with_both_counts(server):
    messages = [{"role": "user", "content": "word " * 1_000_000}]
    answer = send(server.url, CHAT, HELLO | {"messages": messages})
    assert (answer.status, answer.error["code"]) == (400, "context_length_exceeded")
    assert "8192" in answer.error["message"]
    assert_healthy(server)


def test_a_body_of_more_than_ten_megabytes_is_refused(server):
    body = json.dumps(HELLO | {"pad": "x" * (10 << 20)}).encode()
    answer = send(server.url, CHAT, body)
    assert (answer.status, answer.error["code"]) == (413, "body_too_large")


def test_a_body_that_does_not_say_how_long_it_is_cannot_be_larger_either(server):
    connection = connect(server.url)
    piece = b"x" * (1 << 20)
    try:
        pieces = (piece for _ in range(11))
        connection.request("POST", CHAT, pieces, {"content-type": "application/json"}, encode_chunked=True)
        status = connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        # The refusal came while the client was still sending, and the connection was closed on it.
        status = 413
    finally:
        connection.close()
    assert status == 413
    assert_healthy(server)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", CHAT, {}, 405, "method_not_allowed"),
        ("DELETE", "/hybrid", {}, 405, "method_not_allowed"),
        ("POST", "/no/such/route", {}, 404, "not_found"),
        ("GET", "/v1/models/no-such-model", {}, 404, "not_found"),
        ("GET", "/v1/models/%ff", {}, 400, "invalid_request"),
        ("GET", "/v1/conversations?limit=-1", {}, 400, "invalid_request"),
        ("GET", "/v1/conversations/no-such/messages", {}, 404, "not_found"),
        ("POST", CHAT, {"content-type": "image/png"}, 415, "unsupported_media_type"),
        ("POST", CHAT, {"host": "evil.example"}, 403, "forbidden"),
        ("POST", CHAT, {"origin": "https://evil.example"}, 403, "forbidden"),
    ],
)
def test_a_wrong_route_method_or_header_is_refused_as_json(server, method, path, headers, status, code):
    answer = send(server.url, path, HELLO if method == "POST" else None, method, headers)
    assert (answer.status, answer.error["code"]) == (status, code)
    assert status != 405 or answer.headers["allow"]


def test_bytes_that_are_not_http_are_answered_with_400_or_a_closed_connection(server):
    tls_hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64
    for bytes_sent in (tls_hello, b"GET\r\n\r\n", b"\0" * 4096):
        host, port = server.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=10) as raw:
            raw.sendall(bytes_sent)
            try:
                received = raw.recv(4096)
            except ConnectionResetError:
                received = b""
            assert received == b"" or received.startswith(b"HTTP/1.1 400")
    assert_healthy(server)


def test_damaged_model_files_are_reported_and_the_others_work(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    whole = models_dir() / f"{SMALL_MODEL}.gguf"
    (models / whole.name).symlink_to(whole)
    with open(whole, "rb") as file:
        head = file.read(8 << 20)
    (models / "cut-in-the-tensors.gguf").write_bytes(head)
    (models / "cut-in-the-header.gguf").write_bytes(head[:10_000])
    (models / "no-model-at-all.gguf").write_bytes(b"hello" * 1_000)
    (models / "empty.gguf").write_bytes(b"")
    names = ("cut-in-the-tensors", "cut-in-the-header", "no-model-at-all", "empty")
    code, error = run(tmp_path, "models", "--models-dir", str(models))
    assert code == 0
    for name in names:
        assert f"broken: {name}: " in error
    with Server(SMALL_MODEL, models=models) as server:
        for name in names:
            answer = send(server.url, CHAT, HELLO | {"model": name})
            assert answer.status in (404, 503), answer.body
            assert name in answer.error["message"]
        assert_healthy(server)


def run(tmp_path, *arguments):
    ended = subprocess.run(
        [binary(), *arguments], capture_output=True, text=True, timeout=30, env=environment(tmp_path)
    )
    return ended.returncode, ended.stderr


def test_a_port_in_use_ends_with_69(server, tmp_path):
    port = server.url.rsplit(":", 1)[1]
    code, error = run(tmp_path, "serve", "--port", port, "--data-dir", str(tmp_path))
    assert code == 69
    assert f"port {port}" in error and "in use" in error


def test_a_data_directory_in_use_ends_with_69(server, tmp_path):
    code, error = run(tmp_path, "serve", "--port", "0", "--data-dir", str(server.home / "data"))
    assert code == 69
    assert "in use" in error


def test_a_configuration_that_cannot_be_read_ends_with_64(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("port = = 1")
    for path in (tmp_path / "missing.toml", tmp_path, broken):
        code, error = run(tmp_path, "serve", "--config", str(path))
        assert code == 64
        assert str(path) in error
