"""Proves, by hashes alone, that nothing in an export was changed, left out or moved: python3 verify.py [FOLDER]"""

import csv
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def rows(path: Path) -> Iterator[tuple[bytes, str]]:
    """(the text that was hashed, the hash beside it) of every row. Parquet needs pyarrow, the rest nothing."""
    if path.suffix == ".jsonl":
        with path.open("rb") as lines:
            for line in lines:
                text, _, end = line.rpartition(b',"chain":"')
                yield text, end.decode("ascii", "replace")[:64]
    elif path.suffix == ".csv":
        csv.field_size_limit(2**31 - 1)
        with path.open(newline="", encoding="utf-8") as records:
            for number, (*cells, chain) in enumerate(csv.reader(records, strict=True)):
                if number:  # the first one names the columns
                    yield "\x01".join(cells).encode(), chain
    elif path.suffix == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415

        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(10_000):
                for *cells, chain in zip(*map(texts, batch.columns), strict=True):
                    yield "\x01".join(cells).encode(), chain


def texts(column: Any) -> list[str]:
    values = column.cast("int64") if str(column.type).startswith("timestamp") else column
    if str(column.type) == "double":
        return ["" if value is None else repr(value).removesuffix(".0") for value in values.to_pylist()]
    texts = ["" if value is None else str(value) for value in values.to_pylist()]
    return list(map(str.lower, texts)) if str(column.type) == "bool" else texts


def wrong(path: Path, entry: dict[str, Any]) -> str:
    """What is wrong with one file, or nothing."""
    if not path.is_file():
        return "is missing"
    with path.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() == entry["sha256"]:
            return ""
    end, number = entry["after"], 0
    try:
        for number, (text, chain) in enumerate(rows(path), start=1):
            end = hashlib.sha256(end.encode() + text).hexdigest() if end else chain
            if end != chain:
                return f"was changed: row {number} is not what was written, or rows before it were left out or moved"
    except Exception as error:
        return f"was changed: it cannot be read after row {number} ({type(error).__name__})"
    return f"was changed: it has {number} rows of {entry['rows']}" if number != entry["rows"] else "was changed"


def all_wrong(folder: Path) -> Iterator[str]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != manifest["digest"]:
        yield "manifest.json was changed"
    names = {*manifest["files"], "manifest.json", "verify.py", "progress.json", "__pycache__"}
    ends: dict[str, str] = {}
    yield from (f"{path.name} is not of this export" for path in sorted(folder.iterdir()) if path.name not in names)
    for name, entry in sorted(manifest["files"].items()):
        if entry["after"] and entry["after"] != ends.get(entry["table"], "0" * 64):
            yield f"{name} does not follow the file before it"
        ends[entry["table"]] = entry["chain"]
        if found := wrong(folder / name, entry):
            yield f"{name} {found}"


if __name__ == "__main__":
    complaints = list(all_wrong(Path(sys.argv[1] if len(sys.argv) > 1 else __file__ + "/..").resolve()))
    print("\n".join(complaints) or "Nothing was changed, left out or moved.")  # noqa: T201
    sys.exit(1 if complaints else 0)
