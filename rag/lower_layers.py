"""The lower layers of a GGUF language model as a model of their own, kept in the weights' cache."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock


def cut_layers(model: Path, n_layers: int, cache: Path) -> Path:
    """A GGUF file with the model's first `n_layers` blocks and its tokens, made once.

    It is made anew when the model's file is another by size or time.

    Raises:
        OSError: the cache cannot be written.
        ValueError: the model is no GGUF file, or has not so many layers.
    """
    stamp = model.stat()
    name = f"{model.stem}-{n_layers}-{stamp.st_size:x}-{stamp.st_mtime_ns:x}.gguf"
    folder = cache / "lower-layers"
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / name
    with FileLock(folder / ".lock"):
        if not made.is_file():
            for old in folder.glob(f"{model.stem}-{n_layers}-*"):
                old.unlink()
            partial = made.with_suffix(".partial")
            _write(model, n_layers, partial)
            os.replace(partial, made)
    return made


def _write(model: Path, n_layers: int, out: Path) -> None:
    import gguf  # loads what only this needs

    reader = gguf.GGUFReader(model)
    fields = {field.name: field for field in reader.fields.values()}
    architecture = fields["general.architecture"].contents()
    count = f"{architecture}.block_count"
    if fields[count].contents() < n_layers:
        raise ValueError(f"{model.name} has fewer than {n_layers} layers")
    writer = gguf.GGUFWriter(out, architecture)
    for name, field in fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        is_array = field.types[0] == gguf.GGUFValueType.ARRAY
        value = n_layers if name == count else field.contents()
        writer.add_key_value(
            name, value, field.types[0], sub_type=field.types[-1] if is_array else None
        )
    for tensor in reader.tensors:
        block = tensor.name.split(".")[1] if tensor.name.startswith("blk.") else "0"
        if tensor.name != "output.weight" and int(block) < n_layers:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
