"""Log-probabilities."""

import math

import pytest

# llama.cpp's kernels add in another order for one row than for several, so the same prompt computed in other steps
# (cold, warm, beside others) shifts log-probabilities by up to 0.1.
ROUNDING = 0.2


@pytest.fixture(scope="module")
def choice(chat, warm):
    return chat(warm("Name a colour."), logprobs=True, top_logprobs=20, max_tokens=8).choices[0]


def test_the_bytes_of_the_tokens_are_the_text(choice):
    joined = b"".join(bytes(token.bytes) for token in choice.logprobs.content)
    assert joined.decode() == choice.message.content


def test_the_alternatives_are_distinct_sorted_and_no_more_than_certain(choice):
    for token in choice.logprobs.content:
        top = [alternative.logprob for alternative in token.top_logprobs]
        assert len(top) == 20
        assert top == sorted(top, reverse=True)
        assert len({bytes(alternative.bytes) for alternative in token.top_logprobs}) == 20
        assert 0.5 < sum(map(math.exp, top)) <= 1.0001


def test_the_most_likely_token_is_taken_at_temperature_zero(choice):
    for token in choice.logprobs.content:
        best = token.top_logprobs[0]
        assert (token.token, token.logprob) == (best.token, best.logprob)


def test_temperature_does_not_change_what_the_model_thinks_of_the_first_token(chat, choice):
    other = chat("Name a colour.", logprobs=True, top_logprobs=1, max_tokens=1, temperature=1.7, seed=1)
    best = other.choices[0].logprobs.content[0].top_logprobs[0]
    expected = choice.logprobs.content[0].top_logprobs[0]
    assert best.token == expected.token
    assert best.logprob == pytest.approx(expected.logprob, abs=ROUNDING)


def test_a_stream_has_the_same_log_probabilities(chat, choice):
    stream = chat("Name a colour.", logprobs=True, top_logprobs=2, max_tokens=8, stream=True)
    parts = [chunk.choices[0].logprobs for chunk in stream]
    tokens = [token for part in parts if part for token in part.content]
    assert tokens[0].token == choice.logprobs.content[0].token
    assert len(tokens) == 8 and all(len(token.top_logprobs) == 2 for token in tokens)
    for token, expected in zip(tokens, choice.logprobs.content):
        if token.token != expected.token:
            break  # a near tie went the other way, and what follows answers another text
        assert token.logprob == pytest.approx(expected.logprob, abs=ROUNDING)


def test_nothing_is_reported_unless_asked_for(chat):
    assert chat("Name a colour.", max_tokens=1).choices[0].logprobs is None
