"""Tiny random models in the three shapes that larger models come in, with tiny tokenizers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from lookalike.models.manifest import FileFacts, Manifest, hash_file, write
from lookalike.models.registry import SHIPPED

DIM = 24
SIDE = 16
WORDS = ["red", "green", "blue", "yellow", "a", "photo", "of", "the", "sea", "boat", "house", "dog"]


def write_model(
    folder: Path, shape: str = "clip", *, seed: int = 0, dim: int = DIM, side: int = SIDE
) -> Path:
    """`shape`: clip, siglip or split; with the configuration files that such folders have."""
    split = shape == "split"
    text = folder / ("textual/model.onnx" if split else "text_model.onnx")
    image = folder / ("visual/model.onnx" if split else "vision_model.onnx")
    for file in (text, image):
        file.parent.mkdir(parents=True, exist_ok=True)
    tokenizer = siglip_tokenizer() if shape == "siglip" else clip_tokenizer()
    tokenizer.save(str(text.parent / "tokenizer.json"))
    outputs = {
        "clip": ("text_embeds", "image_embeds"),
        "siglip": ("pooler_output", "pooler_output"),
        "split": ("embedding", "embedding"),
    }[shape]
    write_text_network(text, outputs[0], tokenizer.get_vocab_size(), dim, seed, is_split=split)
    write_image_network(
        image, outputs[1], dim, side, seed, name="image" if split else "pixel_values"
    )
    if split:
        preprocess = {
            "size": [side, side],
            "mode": "RGB",
            "mean": [0.48, 0.46, 0.41],
            "std": [0.27, 0.26, 0.28],
            "interpolation": "bicubic",
            "resize_mode": "shortest",
        }
        (image.parent / "preprocess_cfg.json").write_text(json.dumps(preprocess))
    else:
        (folder / "preprocessor_config.json").write_text(json.dumps(image_settings(shape, side)))
    return folder


def write_generation(folder: Path, version: str, *, seed: int = 0, dim: int = DIM) -> Path:
    """A generation of a model in the shape of the one that ships."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    tokenizer = clip_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    weight = random.standard_normal((3 * SIDE * SIDE, dim)).astype(np.float32)
    numbers = {"weight": weight, "middle": np.array(127.5, np.float32)}
    steps = [
        helper.make_node("Cast", ["images"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["cast", "middle"], ["centred"]),
        helper.make_node("Flatten", ["centred"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weight"], ["long"]),
    ]
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    _write_unit(folder / "image.onnx", steps, [images], numbers, dim)
    table = random.standard_normal((tokenizer.get_vocab_size(), dim)).astype(np.float32)
    steps = [
        helper.make_node("Gather", ["table", "ids"], ["each"]),
        helper.make_node("ReduceSum", ["each", "axis"], ["long"], keepdims=0),
    ]
    given = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"])
        for name in ("ids", "mask")
    ]
    numbers = {"table": table, "axis": np.array([1], np.int64)}
    _write_unit(folder / "text.onnx", steps, given, numbers, dim)
    bank = random.standard_normal((64, dim))
    bank /= np.linalg.norm(bank, axis=1, keepdims=True)
    np.save(folder / "background.npy", bank.astype(np.float16))
    written = ("image.onnx", "text.onnx", "tokenizer.json", "background.npy")
    manifest = Manifest(
        name=SHIPPED,
        version=version,
        dim=dim,
        image_size_px=SIDE,
        max_tokens=16,
        licence="none",
        files={
            name: FileFacts(
                size_bytes=(folder / name).stat().st_size, sha256=hash_file(folder / name)
            )
            for name in written
        },
    )
    write(folder, manifest)
    return folder


def _write_unit(
    file: Path,
    steps: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    numbers: dict[str, np.ndarray],
    dim: int,
) -> None:
    """A network whose vectors have the length 1."""
    steps = [
        *steps,
        helper.make_node("ReduceL2", ["long"], ["length"], axes=[1], keepdims=1),
        helper.make_node("Div", ["long", "length"], ["vectors"]),
    ]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", dim])
    constants = [numpy_helper.from_array(value, name) for name, value in numbers.items()]
    save(helper.make_graph(steps, "network", inputs, [output], constants), file)


def image_settings(shape: str, side: int = SIDE) -> dict[str, object]:
    """What the processors of transformers read."""
    if shape == "siglip":
        return {
            "size": {"height": side, "width": side},
            "resample": 2,
            "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5],
        }
    return {
        "size": {"shortest_edge": side},
        "crop_size": {"height": side, "width": side},
        "do_center_crop": True,
        "resample": 3,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }


def write_image_network(
    file: Path, output: str, dim: int, side: int, seed: int, *, name: str = "pixel_values"
) -> None:
    """Every pixel counts: a wrong order, crop or scale changes the vector."""
    random = np.random.default_rng(seed)
    weight = random.standard_normal((3 * side * side, dim)).astype(np.float32) / side
    graph = helper.make_graph(
        [
            helper.make_node("Flatten", [name], ["flat"]),
            helper.make_node("MatMul", ["flat", "weight"], [output]),
        ],
        "image",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", 3, side, side])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", dim])],
        [numpy_helper.from_array(weight, "weight")],
    )
    save(graph, file)


def write_text_network(
    file: Path, output: str, words: int, dim: int, seed: int, *, is_split: bool = False
) -> None:
    """The order of tokens counts, and their padding."""
    random = np.random.default_rng(seed + 1)
    table = random.standard_normal((words, dim)).astype(np.float32)
    places = random.standard_normal((1, 128, 1)).astype(np.float32)
    kind = TensorProto.INT32 if is_split else TensorProto.INT64
    name = "text" if is_split else "input_ids"
    length = 64 if output == "pooler_output" else 77
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", name], ["each"]),
            helper.make_node("Mul", ["each", "places"], ["placed"]),
            helper.make_node("ReduceSum", ["placed", "axis"], [output], keepdims=0),
        ],
        "text",
        [helper.make_tensor_value_info(name, kind, ["batch", length])],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", dim])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(places[:, :length], "places"),
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
        ],
    )
    save(graph, file)


def save(graph: onnx.GraphProto, file: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    onnx.save(model, file)


def clip_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = letters + [f"{letter}</w>" for letter in letters]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        parts = [*word[:-1], f"{word[-1]}</w>"]
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            parts[:2] = ["".join(parts[:2])]
            tokens.append(parts[0])
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    merges = list(dict.fromkeys(merges))
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}, merges


def clip_tokenizer() -> Tokenizer:
    """As CLIP's, with a few words."""
    vocabulary, merges = clip_vocabulary()
    tokenizer = Tokenizer(
        models.BPE(vocabulary, merges, end_of_word_suffix="</w>", unk_token="<|endoftext|>")
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(
                Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"),
                "removed",
                invert=True,
            ),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.add_special_tokens(["<|startoftext|>", "<|endoftext|>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<|startoftext|> $A <|endoftext|>",
        special_tokens=[
            (token, vocabulary[token]) for token in ("<|startoftext|>", "<|endoftext|>")
        ],
    )
    return tokenizer


def siglip_vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁"]
    tokens += [chr(letter) for letter in range(33, 127)]
    merges: list[tuple[str, str]] = []
    for word in WORDS:
        parts = list(word)
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            parts[:2] = ["".join(parts[:2])]
            tokens.append(parts[0])
    return {token: i for i, token in enumerate(dict.fromkeys(tokens))}, list(dict.fromkeys(merges))


def siglip_tokenizer() -> Tokenizer:
    """As SigLIP 2's, with a few words; it does not lower the case by itself."""
    vocabulary, merges = siglip_vocabulary()
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.add_special_tokens(["<pad>", "<eos>", "<bos>"])
    return tokenizer
