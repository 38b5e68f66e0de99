"""Says how a document is made into a file: its template, what a PDF is for, its page, and whether it has a cover."""

from dataclasses import dataclass
from enum import StrEnum


class Template(StrEnum):
    STANDARD = "standard"
    MODERN = "modern"
    ACADEMIC = "academic"


class Purpose(StrEnum):
    """Of a PDF: read on screens (PDF/A-2a and PDF/UA-1, in colour), or given to a printer (PDF 1.4, black alone)."""

    READING = "reading"
    PRINT = "print"


class Trim(StrEnum):
    """The page of a PDF as it is cut, in inches where no other unit is named."""

    US_5X8 = "5x8"
    US_5_5X8_5 = "5.5x8.5"
    US_6X9 = "6x9"
    A5 = "a5"
    B6 = "b6"


INCHES = {
    Trim.US_5X8: (5.0, 8.0),
    Trim.US_5_5X8_5: (5.5, 8.5),
    Trim.US_6X9: (6.0, 9.0),
    Trim.A5: (148 / 25.4, 210 / 25.4),
    Trim.B6: (125 / 25.4, 176 / 25.4),
}
"""Width and height."""

BLEED = 0.125
"""Inches around the page of a print PDF that are cut off, as printers ask for."""

GUTTERS = ((150, 0.375), (300, 0.5), (500, 0.625), (700, 0.75), (100_000, 0.875))
"""(pages, inches): what the fold takes of the inner margin, up to so many pages.

Amazon's table, the widest of those we know: https://kdp.amazon.com/help/topic/GVBQ3CMEQW3W2VL6
"""


@dataclass(frozen=True, slots=True)
class Edition:
    """`cover`: one made from the title, in an EPUB and a PDF to read; a printer is given the inside alone.
    `bleed`: around the page of a print PDF.
    """

    template: Template = Template.STANDARD
    purpose: Purpose = Purpose.READING
    trim: Trim = Trim.US_6X9
    cover: bool = False
    bleed: bool = True

    @property
    def prints(self) -> bool:
        return self.purpose is Purpose.PRINT


PLAIN = Edition()
