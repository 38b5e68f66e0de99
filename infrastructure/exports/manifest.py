"""The manifest of an export: what it holds, up to where, and the hashes that prove it."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from infrastructure.exports.request import FileFormat, What
from infrastructure.exports.selection import Selection
from infrastructure.operator_error import OperatorError

FORMAT = 2
NAME = "manifest.json"
PROOF = "verify.py"
PROGRESS = "progress.json"
"""How far an export is. One that was killed right after it had got its name may have left it: it means nothing then."""
LARGEST = 16 * 1024 * 1024

Count = Annotated[int, Field(ge=0)]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,60}\.(jsonl|csv|parquet|json|sqlite)$")]


class FileEntry(BaseModel):
    """`size` in bytes. `last`: stream and version of the last row, "" where there is none or the file has no rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str
    rows: Count
    size: Count
    sha256: Hash
    last: str = ""


class Manifest(BaseModel):
    """`until`: the end of the log that was exported, as transaction and position. `last_position`: of the last event
    that is in here. `schema_versions`: of each event type, those that are in here. `key`: which key made pseudonyms
    and hashes of texts. `whole`: whether every stream in here is there from its first event on. `proves`: what
    verify.py can show of it. `digest`: the SHA-256 of all the rest, as canonical JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Annotated[int, Field(ge=1)] = FORMAT
    holds: What
    file_format: FileFormat
    product: str
    made_at: AwareDatetime
    until: Annotated[str, Field(pattern=r"^[0-9]{1,20}-[0-9]{1,19}$")]
    last_position: Count
    selection: Selection
    texts: Literal["included", "lengths and hashes"]
    key: str
    rows: Count
    counts: dict[str, Count]
    schema_versions: dict[str, tuple[int, ...]]
    unreadable: Count = 0
    whole: bool
    proves: str
    files: dict[FileName, FileEntry]
    digest: str = ""

    def sealed(self) -> "Manifest":
        return self.model_copy(update={"digest": digest_of(self.model_dump(mode="json"))})


def digest_of(manifest: dict[str, Any]) -> str:
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()


class _Format(BaseModel):
    format: int


def read_manifest(folder: Path) -> Manifest:
    """Raises OperatorError for a folder without one, one that is damaged, or one of a newer build."""
    path = folder / NAME
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST)
    except OSError as error:
        raise OperatorError(
            f"There is no {NAME} in {folder} that can be read: {error.strerror}.",
            "Name the folder that `genesis export` made, or a file in it.",
        ) from error
    try:
        newest = _Format.model_validate_json(text).format
        if newest > FORMAT:
            raise OperatorError(f"{path} has format {newest}, and this build reads {FORMAT}.", "Use a newer build.")
        if 0 < newest < FORMAT:
            raise OperatorError(
                f"{path} was written by an earlier build, in format {newest}; this build reads {FORMAT}.",
                "Its own verify.py proves it. Export again for one that this build can hold against the log.",
            )
        found = Manifest.model_validate_json(text)
        sealed = digest_of(orjson.loads(text)) == found.digest
    except ValueError as error:
        fields = error.errors(include_input=False, include_url=False) if isinstance(error, ValidationError) else ()
        where = ", ".join(sorted({str(field["loc"][0]) for field in fields if field["loc"]}))
        raise OperatorError(f"{path} is no manifest of an export{f' ({where})' if where else ''}.", _AGAIN) from error
    if not sealed:
        raise OperatorError(f"{path} was changed: its digest is not that of what it says.", _AGAIN)
    return found


_AGAIN = "Export again; the log is what counts."
