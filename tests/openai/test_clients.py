"""Clients that leave, and clients that come together."""

import asyncio
import json

import openai
import pytest
from council_server import CHAT_MODEL, wait_for

# A cancelled request leaves the engine after the step that it is in. A step of a running answer takes
# milliseconds, one of a long prompt has up to 512 tokens, which a slow machine reads in seconds.
STEP_SECONDS = 5
PROMPT_STEP_SECONDS = 20

# Far longer than the test waits, so that an answer which goes on cannot pass for one that was stopped.
ENDLESS = {
    "model": CHAT_MODEL,
    "messages": [{"role": "user", "content": "Count upwards from one, in words, and never stop."}],
    "max_tokens": 8_000,
    "logit_bias": {"151645": -100, "151643": -100},
}


def test_a_closed_stream_frees_its_slot(server, client):
    stream = client.chat.completions.create(stream=True, **ENDLESS)
    for _, _chunk in zip(range(3), stream):
        pass
    assert server.load() == (1, 0)
    stream.close()
    server.wait_until_idle(STEP_SECONDS)


@pytest.mark.parametrize("stream", [False, True])
def test_a_client_that_gives_up_waiting_frees_its_slot(server, client, stream):
    # A prompt that takes longer to read than the client waits: cancelled before the first token.
    patient = client.with_options(timeout=0.5)
    messages = [{"role": "user", "content": "word " * 3_000}]
    with pytest.raises(openai.APITimeoutError):
        patient.chat.completions.create(**ENDLESS | {"messages": messages}, stream=stream)
    server.wait_until_idle(PROMPT_STEP_SECONDS)


def test_one_of_two_streams_can_be_closed_without_harm_to_the_other(server, client, chat):
    with client.chat.completions.create(stream=True, **ENDLESS) as leaving:
        next(leaving)
        staying = chat("Count from one to ten in words.", stream=True, max_tokens=24)
        next(staying)
        wait_for(lambda: server.load() == (2, 0), 5, lambda: f"the load is {server.load()}")
    chunks = list(staying)
    assert chunks[-1].choices[0].finish_reason in ("stop", "length")
    server.wait_until_idle(STEP_SECONDS)


def test_eight_clients_at_once_each_get_their_own_answer(server, saying):
    names = [f"river {number} of eight" for number in range(8)]

    async def ask(client, name):
        answer = await client.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": f"Repeat: {name}"}],
            temperature=0,
            max_tokens=24,
            response_format=saying(name),
        )
        return json.loads(answer.choices[0].message.content)

    async def ask_all():
        async with openai.AsyncOpenAI(
            base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=180
        ) as client:
            return await asyncio.gather(*(ask(client, name) for name in names))

    assert asyncio.run(ask_all()) == names
    server.wait_until_idle(STEP_SECONDS)


def test_eight_streams_at_once_share_the_engine(server):
    """All eight are under way before the first one ends."""

    async def ask(client, under_way, most):
        stream = await client.chat.completions.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": "Count from one to fifty."}],
            max_tokens=24,
            stream=True,
        )
        async for chunk in stream:
            if chunk.choices and chunk.choices[0].delta.content:
                under_way.add(id(stream))
                most.append(len(under_way))
            if chunk.choices and chunk.choices[0].finish_reason:
                under_way.discard(id(stream))

    async def ask_all():
        most = []
        async with openai.AsyncOpenAI(
            base_url=f"{server.url}/v1", api_key="none", max_retries=0, timeout=180
        ) as client:
            under_way = set()
            await asyncio.gather(*(ask(client, under_way, most) for _ in range(8)))
        return max(most)

    assert asyncio.run(ask_all()) == 8
