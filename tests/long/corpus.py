"""The inputs that a fuzzer kept, or that once found a fault: one file, one input per line, by target and name."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("corpus.jsonl")


def read(file: Path = FILE) -> dict[str, dict[str, bytes]]:
    """Return the kept inputs: target, then name, then bytes."""
    found: dict[str, dict[str, bytes]] = {}
    for line in file.read_text(encoding="ascii").splitlines():
        entry = json.loads(line)
        found.setdefault(entry["target"], {})[entry["name"]] = base64.b64decode(entry["bytes"], validate=True)
    return found


def write(kept: Mapping[str, Mapping[str, bytes]], file: Path = FILE) -> None:
    """Replace the kept inputs; equal inputs make equal bytes of the file."""
    lines = [
        json.dumps({"target": target, "name": name, "bytes": base64.b64encode(inputs[name]).decode("ascii")})
        for target, inputs in sorted(kept.items())
        for name in sorted(inputs)
    ]
    file.write_text("".join(f"{line}\n" for line in lines), encoding="ascii", newline="\n")
