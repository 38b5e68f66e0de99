"""Rewrites a ZIP file once: the same entries in the same order, some of them changed, none with a time of its own."""

import io
import zipfile
from collections.abc import Callable, Mapping

Change = Callable[[str, str], str | None]
"""(name, text) -> the new text, or None to leave it. Asked for XML, XHTML and CSS."""

_TEXTS = (".xml", ".xhtml", ".opf", ".ncx", ".css", ".rels")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def rewritten(data: bytes, change: Change, added: Mapping[str, bytes] | None = None) -> bytes:
    """With `added` behind the rest, in their order. Equal input gives equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith(_TEXTS):
                text = change(entry.filename, content.decode())
                content = content if text is None else text.encode()
            _written(made, entry.filename, content)
        for name, content in (added or {}).items():
            _written(made, name, content)
    return target.getvalue()


def _written(made: zipfile.ZipFile, name: str, content: bytes) -> None:
    fresh = zipfile.ZipInfo(name, _LONG_AGO)
    fresh.create_system, fresh.external_attr = 3, 0o644 << 16
    # an EPUB begins with its type, as it is; a picture is packed already
    as_it_is = name == "mimetype" or name.endswith((".png", ".jpg"))
    fresh.compress_type = zipfile.ZIP_STORED if as_it_is else zipfile.ZIP_DEFLATED
    made.writestr(fresh, content)
