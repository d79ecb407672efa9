"""Answers in a form: JSON objects and JSON Schema."""

import enum
import json

import openai
import pydantic
import pytest
from council_server import CHAT_MODEL


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Wheel(pydantic.BaseModel):
    position: str
    spokes: int


class Bicycle(pydantic.BaseModel):
    colour: Colour
    electric: bool
    wheels: list[Wheel]
    owner: str | None


class Note(pydantic.BaseModel):
    text: str


def parse(client, prompt, model, **options):
    messages = [{"role": "user", "content": prompt}]
    options = {"model": CHAT_MODEL, "temperature": 0, "max_tokens": 160} | options
    return client.chat.completions.parse(messages=messages, response_format=model, **options)


def test_a_nested_type_with_lists_choices_and_null_is_parsed(client):
    answer = parse(client, "Describe a green bicycle with two wheels as JSON.", Bicycle)
    bicycle = answer.choices[0].message.parsed
    assert isinstance(bicycle, Bicycle)
    assert bicycle.colour in Colour


def test_an_answer_that_ends_too_early_is_told_as_such(client):
    with pytest.raises(openai.LengthFinishReasonError):
        parse(client, "Write a long text about the sea.", Note, max_tokens=6)


def schema(schema, **options):
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema} | options}


def test_a_schema_holds_even_against_the_question(chat):
    form = schema(
        {
            "type": "array",
            "items": {"type": "object", "properties": {"n": {"enum": [1, 2, 3]}}, "required": ["n"]},
            "minItems": 2,
            "maxItems": 3,
        }
    )
    answer = chat("Tell me a story about a dragon.", response_format=form, max_tokens=80)
    items = json.loads(answer.choices[0].message.content)
    assert 2 <= len(items) <= 3
    assert all(item["n"] in (1, 2, 3) for item in items)


def test_a_schema_may_refer_to_its_definitions(chat):
    form = schema(
        {
            "type": "object",
            "properties": {"from": {"$ref": "#/$defs/city"}, "to": {"$ref": "#/$defs/city"}},
            "required": ["from", "to"],
            "additionalProperties": False,
            "$defs": {"city": {"type": "string", "enum": ["Oslo", "Rome"]}},
        },
        strict=True,
    )
    answer = chat("A trip from Rome to Oslo.", response_format=form, max_tokens=60)
    trip = json.loads(answer.choices[0].message.content)
    assert sorted(trip) == ["from", "to"]
    assert set(trip.values()) <= {"Oslo", "Rome"}


def test_a_schema_holds_at_high_temperature_and_in_a_stream(chat):
    properties = {"ok": {"type": "boolean"}}
    form = schema(
        {"type": "object", "properties": properties, "required": ["ok"], "additionalProperties": False}
    )
    options = {"response_format": form, "temperature": 2, "top_p": 1, "max_tokens": 60, "stream": True}
    for seed in range(3):
        chunks = chat("Ramble.", seed=seed, **options)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
        assert json.loads(text) in ({"ok": True}, {"ok": False})


def test_json_object_gives_an_object(chat):
    answer = chat(
        "Give me the capital of Italy as a JSON object with the key capital.",
        response_format={"type": "json_object"},
        max_tokens=60,
    )
    assert "Rome" in str(json.loads(answer.choices[0].message.content))


def test_a_schema_that_cannot_be_followed_is_refused_with_its_field(chat):
    with pytest.raises(openai.BadRequestError) as refused:
        chat("Hi.", response_format=schema({"type": "no such type"}))
    assert refused.value.param.startswith("response_format")
