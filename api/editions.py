"""Reads from a request in which edition a book is wanted."""

from typing import Annotated

from fastapi import Depends, Query

from infrastructure.exports.books.edition import Edition, Purpose, Template, Trim


async def _edition(
    template: Annotated[Template, Query(description="standard, modern or academic.")] = Template.STANDARD,
    purpose: Annotated[
        Purpose, Query(description="Of a PDF: reading (PDF/A-2a, PDF/UA-1) or print (PDF 1.4 in black).")
    ] = Purpose.READING,
    trim: Annotated[Trim, Query(description="The page of a PDF, in inches or by its name.")] = Trim.US_6X9,
    *,
    cover: Annotated[bool, Query(description="With a cover, in an EPUB and in a PDF to read.")] = True,
    bleed: Annotated[bool, Query(description="With bleed around the page of a PDF to print.")] = True,
) -> Edition:
    return Edition(template, purpose, trim, cover=cover, bleed=bleed)


Wanted = Annotated[Edition, Depends(_edition)]
