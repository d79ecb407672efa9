"""One server with the default model, and the official client."""

import openai
import pytest
from council_server import CHAT_MODEL, Server


@pytest.fixture(scope="session")
def server():
    with Server(CHAT_MODEL) as server:
        yield server


@pytest.fixture(scope="session")
def client(server):
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=180) as client:
        yield client


@pytest.fixture(scope="session")
def chat(client):
    """Asks; repeatable unless told otherwise."""

    def ask(prompt, **options):
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        options = {"model": CHAT_MODEL, "temperature": 0, "max_tokens": 16} | options
        return client.chat.completions.create(messages=messages, **options)

    return ask


@pytest.fixture(scope="session")
def complete(client):
    """Continues a text; repeatable unless told otherwise."""

    def complete(prompt, **options):
        options = {"model": CHAT_MODEL, "temperature": 0, "max_tokens": 8} | options
        return client.completions.create(prompt=prompt, **options)

    return complete


@pytest.fixture(scope="session")
def warm(chat, complete):
    """Has the prompt read once. Answers that are compared to the last digit must come from equal batches: whether
    the end of a prompt is computed with the rest of it or alone changes log-probs by some hundredths."""

    def warm(prompt, text=False):
        (complete if text else chat)(prompt, max_tokens=1)
        return prompt

    return warm


@pytest.fixture(scope="session")
def saying():
    """A response format that leaves one answer only, so that the test knows it whatever the model thinks."""

    def saying(text):
        schema = {"type": "string", "enum": [text]}
        return {"type": "json_schema", "json_schema": {"name": "text", "schema": schema, "strict": True}}

    return saying
