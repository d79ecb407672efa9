"""The list of models."""

import openai
import pytest
from council_server import CHAT_MODEL


def test_the_list_has_the_model_with_its_context(client):
    models = {model.id: model for model in client.models.list()}
    model = models[CHAT_MODEL]
    assert model.object == "model"
    assert model.context_length == 32_768
    assert model.state == "ready"
    assert model.default
    assert not any(":" in name for name in models)


@pytest.mark.parametrize("name", [CHAT_MODEL, "council/auto", "council/local"])
def test_a_model_can_be_looked_up(client, name):
    assert client.models.retrieve(name).id == name


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such-model")
