"""Runs Typst in a process of its own, which can be stopped: a request on standard input, the file on standard output.

Started by its path, so it imports nothing of the studio. The request is JSON: `template` (Typst), `document` (JSON that
the template reads), `fonts` (folders), `timestamp` (seconds), `standards` of the PDF, `checked` (the standards under
which Typst names text without a glyph), and perhaps `picture` (a PNG of the first page instead, a pixel a point) or
`gutters` (pairs of pages and inches, rising: the inner margin of a book of at most so many pages; `try`:
which one to begin with).

The answer is a line of JSON, then the file: `missing` lists what no font can show; then there is no file.
`pages`: of a PDF 1.4; in later ones they cannot be seen. Ends with 78
where Typst is not installed.
"""

import json
import re
import sys
import tempfile
from typing import Any, Literal

# how Typst names what PDF/A forbids: text without a glyph
_NO_GLYPH = re.compile(r'the text `(".*?")` could not be displayed', re.DOTALL)
_PAGE = re.compile(rb"/Type\s*/Page\b")


def main() -> int:
    try:
        import typst  # noqa: PLC0415  # its absence has an exit code of its own
    except ImportError:
        return 78
    request = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=request["fonts"])
    document = json.dumps(request["document"], ensure_ascii=False)

    def compiled(standards: Any, gutter: float = 0.0, file_format: Literal["pdf", "png"] = "pdf") -> bytes:
        made: bytes = typst.compile(
            request["template"].encode(),
            root=nothing,
            font_paths=fonts,
            format=file_format,
            ppi=72.0,
            sys_inputs={"document": document, "gutter": str(gutter)},
            pdf_standards=standards,
            timestamp=request["timestamp"],
        )
        return made

    def printed(gutters: list[tuple[int, float]]) -> bytes:
        """A wider margin makes more pages, which may need a wider one; after the first try it only grows, so this ends.

        PDF/A-1a is a PDF 1.4 whose pages can be counted and whose missing glyphs are named: tries are made in it.
        """
        at = request["try"]
        first = True
        while True:
            pages = len(_PAGE.findall(compiled(request["checked"], gutters[at][1])))
            needed = next(number for number, (most, _) in enumerate(gutters) if pages <= most)
            if needed == at or (needed < at and not first):
                return compiled(request["standards"], gutters[at][1])
            at, first = needed, False

    answer: dict[str, Any] = {"missing": [], "pages": 0}
    made = b""
    with tempfile.TemporaryDirectory() as nothing:  # the only folder that Typst may read
        try:
            if request.get("picture"):
                compiled(request["checked"])
                made = compiled([], file_format="png")
            elif request.get("gutters"):
                made = printed(request["gutters"])
            else:
                made = compiled(request["standards"])
        except typst.TypstError as error:
            answer["missing"] = [json.loads(one) for one in _NO_GLYPH.findall(f"{error.message}\n{error.diagnostic}")]
            if not answer["missing"]:
                sys.stderr.write(error.message)
                return 1
    answer["pages"] = len(_PAGE.findall(made))
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
