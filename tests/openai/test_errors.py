"""Errors become the client's own exceptions."""

import re

import openai
import pytest


def test_an_unknown_model_is_not_found_and_says_how_to_get_one(chat):
    with pytest.raises(openai.NotFoundError) as refused:
        chat("Hi.", model="no-such-model")
    assert refused.value.param == "model"
    assert "no-such-model" in refused.value.message
    assert "council pull" in refused.value.message
    assert refused.value.request_id


@pytest.mark.parametrize(
    ("param", "options"),
    [
        ("temperature", {"temperature": 2.5}),
        ("temperature", {"temperature": "hot"}),
        ("top_p", {"top_p": -0.1}),
        ("presence_penalty", {"presence_penalty": 3}),
        ("max_tokens", {"max_tokens": 0}),
        ("n", {"n": 0}),
        ("top_logprobs", {"logprobs": True, "top_logprobs": 21}),
        ("top_logprobs", {"top_logprobs": 2}),
        ("stop", {"stop": [""]}),
        ("tool_choice", {"tool_choice": "required"}),
        ("response_format.type", {"response_format": {"type": "yaml"}}),
        ("logit_bias.x", {"logit_bias": {"x": 1}}),
        ("logit_bias.1", {"logit_bias": {"1": 101}}),
    ],
)
def test_a_bad_value_is_refused_with_its_field(chat, param, options):
    with pytest.raises(openai.BadRequestError) as refused:
        chat("Hi.", **options)
    assert refused.value.param == param
    assert refused.value.type == "invalid_request_error"
    assert param.split(".")[0] in refused.value.message


@pytest.mark.parametrize(
    ("param", "messages"),
    [
        ("messages", []),
        ("messages[0].role", [{"role": "wizard", "content": "Hi."}]),
        ("messages[0].content", [{"role": "user"}]),
        ("messages[1].tool_call_id", [{"role": "user", "content": "Hi."}, {"role": "tool", "content": "x"}]),
    ],
)
def test_bad_messages_are_refused_with_their_place(chat, param, messages):
    with pytest.raises(openai.BadRequestError) as refused:
        chat(messages)
    assert refused.value.param == param


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_longer_than_the_context_is_refused_with_both_counts(client, chat, stream):
    with pytest.raises(openai.BadRequestError) as refused:
        chat("word " * 40_000, stream=stream)
    assert refused.value.code == "context_length_exceeded"
    prompt, context = map(int, re.findall(r"\b\d{5,}\b", refused.value.message))
    assert prompt > 40_000
    assert context == 32_768


def test_an_image_is_refused_by_a_model_that_cannot_see(chat):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}
    with pytest.raises(openai.BadRequestError):
        chat([{"role": "user", "content": [picture]}])


def test_an_unknown_route_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.post("/no/such/route", cast_to=object, body={})
