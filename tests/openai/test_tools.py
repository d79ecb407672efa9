"""Tool calls."""

import json

import pytest
from council_server import CHAT_MODEL

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Current weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
ADD = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds two integers",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
            "additionalProperties": False,
        },
    },
}
TOOLS = [WEATHER, ADD]
QUESTION = "What is the weather in Paris right now?"


def only_call(answer):
    (choice,) = answer.choices
    assert choice.finish_reason == "tool_calls"
    (call,) = choice.message.tool_calls
    assert call.type == "function"
    assert call.id
    return call


@pytest.mark.parametrize("choice", ["auto", "required"])
def test_the_model_calls_the_tool_that_fits(chat, choice):
    call = only_call(chat(QUESTION, tools=TOOLS, tool_choice=choice, max_tokens=64))
    assert call.function.name == "get_weather"
    assert json.loads(call.function.arguments) == {"city": "Paris"}


def test_a_named_tool_is_called_with_arguments_of_its_schema(chat):
    named = {"type": "function", "function": {"name": "add"}}
    call = only_call(chat(QUESTION, tools=TOOLS, tool_choice=named, max_tokens=64))
    assert call.function.name == "add"
    arguments = json.loads(call.function.arguments)
    assert sorted(arguments) == ["a", "b"]
    assert all(isinstance(value, int) for value in arguments.values())


def test_no_tool_is_called_where_none_is_allowed(chat):
    answer = chat(QUESTION, tools=TOOLS, tool_choice="none", max_tokens=24)
    assert not answer.choices[0].message.tool_calls
    assert answer.choices[0].message.content


def test_without_need_the_model_answers_in_words(chat):
    answer = chat("Say hello in one word.", tools=[ADD])
    assert not answer.choices[0].message.tool_calls
    assert "hello" in answer.choices[0].message.content.lower()


def test_the_result_of_a_tool_reaches_the_answer(chat):
    messages = [{"role": "user", "content": QUESTION}]
    call = only_call(chat(messages, tools=TOOLS, tool_choice="required", max_tokens=64))
    result = '{"temperature_celsius": 17, "sky": "overcast"}'
    messages += [
        {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": result},
    ]
    answer = chat(messages, tools=TOOLS, max_tokens=48)
    assert answer.choices[0].finish_reason in ("stop", "length")
    assert "17" in answer.choices[0].message.content


def test_a_streamed_call_is_put_together_by_the_client(client, chat):
    options = {"temperature": 0, "tools": TOOLS, "tool_choice": "required", "max_tokens": 64}
    whole = only_call(chat(QUESTION, **options)).function
    messages = [{"role": "user", "content": QUESTION}]
    with client.chat.completions.stream(model=CHAT_MODEL, messages=messages, **options) as stream:
        streamed = only_call(stream.get_final_completion()).function
    assert (streamed.name, json.loads(streamed.arguments)) == (whole.name, json.loads(whole.arguments))


def test_a_streamed_call_leaves_no_markup_in_the_text(chat):
    chunks = list(chat(QUESTION, tools=TOOLS, tool_choice="auto", max_tokens=64, stream=True))
    assert any(chunk.choices[0].delta.tool_calls for chunk in chunks)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks).strip() == ""
    assert chunks[-1].choices[0].finish_reason == "tool_calls"
