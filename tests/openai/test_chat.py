"""Chat completions as a whole."""

import json

import pytest
from council_server import CHAT_MODEL


def test_an_answer_has_text_a_reason_to_end_usage_and_a_request_id(chat):
    answer = chat("Say hello in one word.")
    (choice,) = answer.choices
    assert "hello" in choice.message.content.lower()
    assert choice.message.role == "assistant"
    assert choice.finish_reason == "stop"
    assert answer.model == CHAT_MODEL
    assert answer.object == "chat.completion"
    assert answer.usage.completion_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer._request_id


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_the_answer_ends_at_the_most_tokens_asked_for(client, field):
    answer = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": "Count from one to a hundred."}],
        temperature=0,  # sampled answers of so small a model end at once now and then
        **{field: 5},
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 5


def test_system_and_developer_messages_and_text_parts_are_understood(chat):
    question = [{"type": "text", "text": "What is "}, {"type": "text", "text": "2+2?"}]
    for role in ("system", "developer"):
        answer = chat(
            [
                {"role": role, "content": "You always answer with the single word banana."},
                {"role": "user", "content": question},
            ]
        )
        assert "banana" in answer.choices[0].message.content.lower()


def test_a_second_turn_reuses_the_first(chat):
    prompt = "My name is Ada and I live in Turin. " * 12 + "What is my name? Answer with the name only."
    messages = [{"role": "user", "content": prompt}]
    first = chat(messages)
    reply = first.choices[0].message.content
    assert "Ada" in reply
    messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": "Spell it backwards."}]
    second = chat(messages)
    assert second.usage.prompt_tokens > first.usage.prompt_tokens
    # The prompt of the first turn but for the tokens that open the assistant's message.
    assert second.usage.prompt_tokens_details.cached_tokens >= first.usage.prompt_tokens - 8


def test_the_answer_ends_before_a_stop_string_that_spans_tokens(chat, saying):
    form = saying("alpha beta gamma delta")
    answer = chat("Go.", max_tokens=40, response_format=form, stop=["zeta", "a gam"])
    assert answer.choices[0].message.content == '"alpha bet'
    assert answer.choices[0].finish_reason == "stop"


def test_a_stop_string_that_only_begins_is_not_swallowed(chat, saying):
    answer = chat("Go.", max_tokens=40, response_format=saying("alpha beta"), stop="beta gamma")
    assert json.loads(answer.choices[0].message.content) == "alpha beta"


def test_equal_seeds_give_equal_answers_and_others_differ(chat, warm):
    prompt = warm("Invent a name for a cat.")

    def answer(seed):
        answer = chat(prompt, temperature=1.5, seed=seed, max_tokens=12)
        return answer.choices[0].message.content

    assert answer(7) == answer(7) == answer(7)
    assert len({answer(seed) for seed in range(1, 5)}) > 1


def test_several_answers_to_one_prompt_pay_the_prompt_once(chat):
    one = chat("Invent a name for a dog.", temperature=1.5, seed=1, max_tokens=8)
    two = chat("Invent a name for a dog.", temperature=1.5, seed=1, max_tokens=8, n=2)
    assert [choice.index for choice in two.choices] == [0, 1]
    assert two.choices[0].message.content != two.choices[1].message.content
    assert two.usage.prompt_tokens == one.usage.prompt_tokens
    assert two.usage.completion_tokens > one.usage.completion_tokens


def test_logit_bias_forces_and_forbids_tokens(chat):
    # Token ids of the Qwen2 vocabulary: 32 is "A", 9707 is "Hello".
    forced = chat("Say hello in one word.", logit_bias={"32": 100}, max_tokens=3)
    assert forced.choices[0].message.content == "AAA"
    free = chat("Say hello in one word.")
    assert free.choices[0].message.content.startswith("Hello")
    forbidden = chat("Say hello in one word.", logit_bias={"9707": -100})
    assert not forbidden.choices[0].message.content.startswith("Hello")


def test_a_virtual_model_answers_and_names_the_real_one(chat):
    assert chat("Hi.", model="council/auto", max_tokens=1).model == CHAT_MODEL
