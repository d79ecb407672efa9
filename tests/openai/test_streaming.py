"""Chat completions as a stream."""

import json

from council_server import CHAT_MODEL


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def test_a_stream_has_the_text_of_the_whole_answer(chat, warm):
    prompt = warm("Name three colours.")
    whole = chat(prompt).choices[0]
    chunks = list(chat(prompt, stream=True))
    assert chunks[0].choices[0].delta.role == "assistant"
    assert text_of(chunks) == whole.message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices[0].finish_reason] == [
        whole.finish_reason
    ]
    assert len({chunk.id for chunk in chunks}) == 1
    assert len(chunks) > 4, "tokens come as they are made"


def test_usage_comes_only_when_asked_for_and_last(chat):
    options = {"stream": True, "max_tokens": 4}
    assert all(chunk.usage is None for chunk in chat("Count to ten.", **options))
    chunks = list(chat("Count to ten.", stream_options={"include_usage": True}, **options))
    assert all(chunk.usage is None for chunk in chunks[:-1])
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens == 4
    assert chunks[-1].usage.total_tokens == chunks[-1].usage.prompt_tokens + 4


def test_characters_of_several_tokens_are_never_torn(chat, saying):
    text = "日本語 🦀 żółć 🧑‍🚀"
    chunks = list(chat("Go.", stream=True, max_tokens=80, response_format=saying(text)))
    assert not any("\ufffd" in (chunk.choices[0].delta.content or "") for chunk in chunks)
    assert json.loads(text_of(chunks)) == text


def test_a_stop_string_never_shows_in_a_stream(chat, saying):
    options = {"max_tokens": 40, "response_format": saying("alpha beta gamma delta"), "stop": "a gam"}
    assert text_of(chat("Go.", stream=True, **options)) == '"alpha bet'


def test_several_answers_stream_side_by_side(chat):
    texts, ends = ["", ""], []
    for chunk in chat("Invent a word.", stream=True, temperature=1.5, seed=3, max_tokens=6, n=2):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
            ends += [choice.index] if choice.finish_reason else []
    assert sorted(ends) == [0, 1]
    assert all(texts)
    assert texts[0] != texts[1]


def test_the_client_s_own_accumulator_agrees(client):

    messages = [{"role": "user", "content": "Say hello in one word."}]
    options = {"model": CHAT_MODEL, "temperature": 0, "max_tokens": 16}
    with client.chat.completions.stream(messages=messages, **options) as stream:
        seen = "".join(event.delta for event in stream if event.type == "content.delta")
        final = stream.get_final_completion()
    assert seen == final.choices[0].message.content
    assert final.choices[0].finish_reason == "stop"
