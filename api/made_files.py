"""Answers with a file for readers: made in a renderer's thread, under the document's name, the same bytes each time."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import Request, Response

from api.errors import Problem
from infrastructure.exports.books.edition import PLAIN, Edition
from infrastructure.exports.books.formats import MEDIA, BookFormat, content_disposition
from infrastructure.exports.books.pdf import MissingGlyph
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.exports.books.renderer import BookFile, Renderer, TooManyRenders
from projections.documents.tree import Document

MISSING = "Genesis-Missing-Glyphs"
FORMATS = "epub (3.3), pdf, docx, markdown, html."
_MOST_TOLD = 12
_LONGEST_PLACE = 60

ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole file. With pdf, `Genesis-Missing-Glyphs` lists characters that no font had.",
        "content": {
            media.split(";")[0]: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()
        },
        "headers": {
            MISSING: {
                "description": "JSON: `characters` and the `places` (titles) where they stand, of the first few.",
                "schema": {"type": "string"},
            }
        },
    }
}


async def made_file(
    request: Request,
    build: Callable[[], Document],
    file_format: BookFormat,
    headers: Mapping[str, str] | None = None,
    edition: Edition = PLAIN,
) -> Response:
    """Of the document that `build` gives. Raises as `rendered` does."""
    made = await rendered(request, build, file_format, edition)
    said = {
        "Content-Disposition": content_disposition(made.name),
        "Cache-Control": "private, no-cache",
        **(headers or {}),
    }
    if made.missing:
        said[MISSING] = _told(made.missing)
    return Response(made.data, headers=said, media_type=MEDIA[file_format])


async def rendered(
    request: Request, build: Callable[[], Document], file_format: BookFormat | None, edition: Edition
) -> BookFile:
    """None: the cover alone. Raises Problem RENDERING_BUSY, RENDERING_FAILED, and as `build` does."""
    renderer: Renderer = request.app.state.renderer
    try:
        return await renderer.file(build, file_format, edition)
    except TooManyRenders as error:
        raise Problem("RENDERING_BUSY", str(error), headers={"Retry-After": f"{error.retry_after:.0f}"}) from error
    except RenderFailed as error:
        raise Problem("RENDERING_FAILED", f"{error} {error.remedy}".strip(), headers={"Retry-After": "5"}) from error


def _told(missing: tuple[MissingGlyph, ...]) -> str:
    """As ASCII, so that it may stand in a header."""
    told = [
        {"characters": one.characters, "places": [place[:_LONGEST_PLACE] for place in one.places]}
        for one in missing[:_MOST_TOLD]
    ]
    return json.dumps(told)
