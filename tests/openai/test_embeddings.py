"""Texts as vectors, by the official client, which asks for base64 by itself."""

import time

import openai
import pytest

MODEL = "all-minilm-l6-v2"


@pytest.fixture(scope="module")
def embed(client):
    """Embeds once the weights are loaded."""

    def embed(texts, **options):
        for _ in range(100):
            try:
                return client.embeddings.create(model=MODEL, input=texts, **options)
            except openai.InternalServerError as error:
                assert error.status_code == 503 and "loading" in error.message, error.message
                time.sleep(0.1)
        raise AssertionError("the embedding model does not become ready")

    return embed


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b))


def test_texts_that_mean_the_same_are_nearer_than_others(embed):
    answer = embed(["The cat sits on the mat.", "A feline is resting on a rug.", "Interest rates rose again."])
    assert [item.index for item in answer.data] == [0, 1, 2]
    cat, feline, rates = (item.embedding for item in answer.data)
    assert len(cat) == 384 and abs(cosine(cat, cat) - 1) < 1e-4
    assert cosine(cat, feline) > cosine(cat, rates) + 0.3
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 20


def test_both_encodings_hold_the_same_numbers(embed):
    numbers = embed("one text", encoding_format="float").data[0].embedding
    decoded = embed("one text").data[0].embedding
    assert max(abs(a - b) for a, b in zip(numbers, decoded)) < 1e-6


def test_other_dimensions_and_models_are_refused(client):
    with pytest.raises(openai.BadRequestError) as refused:
        client.embeddings.create(model=MODEL, input="a", dimensions=256)
    assert refused.value.param == "dimensions"
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="text-embedding-3-small", input="a")
