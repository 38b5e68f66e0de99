"""What is said of a book before it is downloaded."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from infrastructure.exports.books.edition import Edition
from infrastructure.exports.books.preflight import Fault, Severity
from infrastructure.exports.books.renderer import BookFile
from infrastructure.exports.books.shops import Demands, Shop
from projections.genesis.views import View


class PreflightFault(View):
    """`places`: titles of the book where it is. `values`: what the sentences are made with, for other languages."""

    code: str
    severity: Severity
    message: str
    mend: str
    places: tuple[str, ...]
    values: dict[str, str | int]


class PreflightFile(View):
    """The query of the export that gives the file."""

    format: str
    template: str
    purpose: str
    trim: str
    cover: bool
    bleed: bool


class Preflight(View):
    """`ready`: no fault is an error."""

    shop: Shop
    ready: bool
    faults: tuple[PreflightFault, ...]
    pages: Annotated[int, Field(description="Of a PDF to print; 0 for all other files.")]
    size: Annotated[int, Field(description="Of the file, in bytes.")]
    file: PreflightFile


def preflight_view(
    shop: Shop, demands: Demands, edition: Edition, made: BookFile, faults: Sequence[Fault]
) -> Preflight:
    return Preflight(
        shop=shop,
        ready=all(one.severity != "error" for one in faults),
        faults=tuple(
            PreflightFault(
                code=one.code,
                severity=one.severity,
                message=one.message,
                mend=one.mend,
                places=one.places,
                values=dict(one.values),
            )
            for one in faults
        ),
        pages=made.pages,
        size=len(made.data),
        file=PreflightFile(
            format=demands.format,
            template=edition.template,
            purpose=edition.purpose,
            trim=edition.trim,
            cover=edition.cover,
            bleed=edition.bleed,
        ),
    )
