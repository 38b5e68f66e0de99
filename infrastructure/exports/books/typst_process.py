"""Runs Typst in a process of its own, which can be stopped: a request on standard input, the PDF on standard output.

Started by its path, so it imports nothing of the studio. The request is JSON: `template` (Typst), `document` (JSON that
the template reads), `fonts` (folders), `timestamp` (seconds), `standards`. The answer is a line of JSON, then the PDF:
`missing` lists what no font can show; then there is no PDF. Ends with 78 where Typst is not installed.
"""

import json
import re
import sys
import tempfile

# how Typst names what PDF/A forbids: text without a glyph
_NO_GLYPH = re.compile(r'the text `(".*?")` could not be displayed', re.DOTALL)


def main() -> int:
    try:
        import typst  # noqa: PLC0415  # its absence has an exit code of its own
    except ImportError:
        return 78
    request = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=request["fonts"])
    answer: dict[str, list[str]] = {"missing": []}
    pdf = b""
    with tempfile.TemporaryDirectory() as nothing:  # the only folder that Typst may read
        try:
            pdf = typst.compile(
                request["template"].encode(),
                root=nothing,
                font_paths=fonts,
                format="pdf",
                sys_inputs={"document": json.dumps(request["document"], ensure_ascii=False)},
                pdf_standards=request["standards"],
                timestamp=request["timestamp"],
            )
        except typst.TypstError as error:
            answer["missing"] = [json.loads(one) for one in _NO_GLYPH.findall(f"{error.message}\n{error.diagnostic}")]
            if not answer["missing"]:
                sys.stderr.write(error.message)
                return 1
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
