"""Text completions, the older API."""

import openai
import pytest

PROMPT = "def add(a, b):\n    return"


def test_a_text_is_continued(complete):
    answer = complete(PROMPT, stop="\n")
    assert answer.object == "text_completion"
    assert answer.choices[0].text.strip() == "a + b"
    assert answer.choices[0].finish_reason == "stop"


def test_echo_repeats_the_prompt(complete, warm):
    warm(PROMPT, text=True)
    plain, echoed = complete(PROMPT), complete(PROMPT, echo=True)
    assert echoed.choices[0].text == PROMPT + plain.choices[0].text


def test_several_prompts_are_answered_in_their_order(complete):
    prompts = ["one, two, three,", "Monday, Tuesday, Wednesday,"]
    answer = complete(prompts, max_tokens=3)
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert answer.choices[0].text.strip().startswith("four")
    assert answer.choices[1].text.strip().startswith("Thursday")
    assert answer.usage.completion_tokens == 6


def test_a_stream_has_the_text_of_the_whole(complete, warm):
    warm(PROMPT, text=True)
    chunks = list(complete(PROMPT, stream=True, stream_options={"include_usage": True}))
    text = "".join(choice.text for chunk in chunks for choice in chunk.choices)
    assert text == complete(PROMPT).choices[0].text
    assert chunks[-1].usage.completion_tokens == 8
    assert chunks[-2].choices[0].finish_reason == "length"


def test_a_stream_with_echo_begins_with_the_prompt(complete):
    chunks = complete(PROMPT, stream=True, echo=True)
    assert "".join(choice.text for chunk in chunks for choice in chunk.choices).startswith(PROMPT)


def test_log_probabilities_are_parallel_lists(complete):
    choice = complete(PROMPT, logprobs=3).choices[0]
    logprobs = choice.logprobs
    assert "".join(logprobs.tokens) == choice.text
    assert len(logprobs.tokens) == len(logprobs.token_logprobs) == len(logprobs.top_logprobs) == 8
    assert logprobs.text_offset == [len("".join(logprobs.tokens[:index])) for index in range(8)]
    for token, logprob, top in zip(logprobs.tokens, logprobs.token_logprobs, logprobs.top_logprobs):
        assert len(top) == 3
        assert top[token] == pytest.approx(logprob, abs=1e-5)


@pytest.mark.parametrize(
    ("field", "options"),
    [("prompt", {"prompt": [1, 2, 3]}), ("prompt", {"prompt": ""}), ("best_of", {"best_of": 3}),
     ("logprobs", {"logprobs": 1, "echo": True}), ("suffix", {"suffix": "end"})],
)
def test_what_is_not_supported_is_refused_by_name(complete, field, options):
    with pytest.raises(openai.BadRequestError) as refused:
        complete(**{"prompt": "x"} | options)
    assert refused.value.param == field
