"""Reads a file that holds a book already, and shows what a project made of it would be. Nothing is written."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from api.dependencies import SignedIn, limited, read_body
from api.errors import Problem, documented
from api.schemas.imports import ImportPreview, preview
from infrastructure.exports.books.programs import RenderFailed
from infrastructure.imports.book import ImportRefused
from infrastructure.imports.packages import LARGEST_FILE
from infrastructure.imports.reader import BookReader, TooManyReads

router = APIRouter(tags=["projects"])


@router.post(
    "/projects/import",
    responses=documented(
        *("INVALID_REQUEST", "UNAUTHENTICATED", "CROSS_ORIGIN", "TOO_LARGE", "NOT_A_BOOK", "RATE_LIMITED"),
        "RENDERING_FAILED",
    ),
    response_model=ImportPreview,
    dependencies=[Depends(limited("export"))],
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The file itself: DOCX, EPUB, Markdown or plain text, 20 MB at most.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def preview_import(
    request: Request,
    _account: SignedIn,
    name: Annotated[str, Query(max_length=300, description="What the file is called: `.md` is read as Markdown.")] = "",
) -> Response:
    """Read a book into parts and chapters, and show them. Nothing is written: `IMPORT_PROJECT` begins the project.

    Chapters are recognised by headings, else by lines that begin one, page ends or long breaks. Refused (422) with what
    to do: NOT_A_BOOK, ENCRYPTED, DAMAGED, UNSAFE, TOO_LARGE_UNPACKED, NO_TEXT, TEXT_TOO_LONG, TOO_MANY_CHAPTERS.
    """
    reader: BookReader = request.app.state.book_reader
    try:
        reader.check_room()
        found = await reader.read(await read_body(request, LARGEST_FILE), name)
    except ImportRefused as error:
        raise Problem(error.code, str(error)) from error
    except TooManyReads as error:
        raise Problem("RENDERING_BUSY", str(error), headers={"Retry-After": f"{error.retry_after:.0f}"}) from error
    except RenderFailed as error:
        raise Problem("RENDERING_FAILED", f"{error} {error.remedy}".strip(), headers={"Retry-After": "5"}) from error
    said = await asyncio.to_thread(lambda: preview(found).model_dump_json())
    return Response(said, media_type="application/json")
