"""Proves by hashes alone that nothing in an export was changed, left out or moved: python3 verify.py [FOLDER]"""
import csv, datetime, hashlib, hmac, json, sys, typing
from pathlib import Path
write = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
def read(text: str) -> typing.Any: return json.loads(text, parse_float="\ufdd0{}\ufdd0".format)  # numbers stay as spelt
def spelt(value: typing.Any) -> bytes:
    return write(read(value) if isinstance(value, str) else value).replace('"\ufdd0', "").replace('\ufdd0"', "").encode()
def rows(path: Path) -> typing.Any:  # Parquet needs pyarrow, the rest nothing
    if path.suffix == ".parquet":
        with __import__("pyarrow.parquet").parquet.ParquetFile(path) as table:
            yield from ([*row.values()] for batch in table.iter_batches(10_000) for row in batch.to_pylist())
    elif path.suffix in (".csv", ".jsonl") and csv.field_size_limit(2**31 - 1):
        with path.open(newline="", encoding="utf-8") as file:
            yield from ([*row.values()] for row in (csv.DictReader(file) if path.suffix == ".csv" else map(read, file)))
def packed(value: typing.Any, size: int) -> bytes:  # as PostgreSQL's binary COPY: a number, a time, an id; 0: a text
    if ":" in str(value) and size: value = round(datetime.datetime.fromisoformat(str(value)).timestamp() * 1e6) - 946684800000000
    raw = int(str(value).replace("-", ""), max(size, 10)).to_bytes(size, "big") if size and value else str(value).encode()
    return len(raw).to_bytes(4, "big") + raw if value else b"\xff" * 4
def all_wrong(folder: Path, manifest: dict[str, typing.Any]) -> typing.Iterator[str]:
    ends, waiting, rest = {}, {}, spelt({name: value for name, value in manifest.items() if name != "digest"})
    if hashlib.sha256(rest).hexdigest() != manifest["digest"]: yield "manifest.json was changed"
    for count, where, last, (name, entry) in ((0, "the beginning", (0, 0), file) for file in sorted(manifest["files"].items())):
        try:
            with (folder / name).open("rb") as file: whole = hashlib.file_digest(file, "sha256").hexdigest()
            if whole != entry["sha256"]: yield f"{name} was changed"
            for count, row in enumerate(rows(folder / name) if "events" in entry["table"] else (), start=1):
                where, (before, this) = f"stream {row[5]} version {row[2]}", [(row[5], int(row[2]) - n) for n in (1, 0)]
                if row[12] and hmac.digest(bytes.fromhex(row[12]), spelt(row[-1]), "sha256").hex() != row[6]: yield f"{name}: the payload of {where} was changed"
                if last >= (last := (int(row[14]), int(row[0]))): yield f"{name}: {where} was moved behind what was committed later"
                waiting[before], ends[this] = (f"{name}: {where}", b"".join(map(packed, row, (8, 8, 4, 4, 16, 0, 0, 0, 0, 0, 16, 16))), row[13]), row[13] or ""
                for key in [key for key in (before, this) if key in waiting and (key in ends or key[1] == 0)]:
                    (at, link, chain), previous = waiting.pop(key), bytes.fromhex(ends.pop(key, "00" * 32))
                    if chain and hashlib.sha256(b"genesis-event-chain-1\0" + previous + link).hexdigest() != chain: yield f"{at} was changed or moved"
            if count and (count, where) != (entry["rows"], entry["last"]): yield f"{name} has {count} of {entry['rows']} rows: it has to end with {entry['last']}"
        except Exception as error: yield f"{name} cannot be read after {where} ({type(error).__name__})"
    yield from (f"{at}: the version before it is missing" for at, *_ in waiting.values() if manifest["whole"])
if __name__ == "__main__":
    manifest = read(((folder := Path([*sys.argv, __file__ + "/.."][1]).resolve()) / "manifest.json").read_text("utf-8"))
    print("\n".join(wrong := list(all_wrong(folder, manifest))) or f"Nothing was changed, left out or moved. {manifest['proves']}")
    sys.exit(bool(wrong))
