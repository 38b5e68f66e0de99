"""Numbers the titles of a document, as the template Academic has them: 1, 1.1, in the titles themselves."""

from dataclasses import replace

from projections.documents.tree import Document, Run, Text


def numbered(document: Document) -> Document:
    """Parts, and the chapters in them; what stands before and after the text has no number."""
    parts = tuple(
        replace(
            part,
            title=_with(f"{at}", part.title),
            chapters=tuple(
                replace(chapter, title=_with(f"{at}.{below}", chapter.title))
                for below, chapter in enumerate(part.chapters, 1)
            ),
        )
        for at, part in enumerate(document.parts, 1)
    )
    return replace(document, parts=parts)


def _with(number: str, title: Text) -> Text:
    return (Run(f"{number}\N{EN SPACE}"), *title)
