"""Tokens of the prompt at each stage: the first request, and those after a long session (docs/models.md).

Run: `.venv/bin/python -m benchmarks.prompt_tokens [MODEL]`. Estimates by infrastructure/writers/model/tokens.py; the
schema of the answer, which is sent beside the prompt, is counted as well.
"""

import asyncio
import json
import sys

from application.writers import WriterRequest
from infrastructure.writers.model.prompts import instructions, question
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.model.tokens import tokens
from tests.support.long_session import SEEDS, long_sessions


def size(asked: WriterRequest, model: str) -> int:
    schema = json.dumps(Shape(asked).schema(texts=True))
    return tokens("\n".join((instructions(asked.work), question(asked), schema)), model)


async def main(model: str) -> None:
    print("| stage | language | first request | refinement after 12 proposals and 10 notes | again after them |")
    print("|---|---|---|---|---|")
    for language in SEEDS:
        for one in await long_sessions(language):
            first, refined, again = (size(asked, model) for asked in (one.first, one.refinement, one.another_round))
            told = f"{refined:,} ({refined / first:.2f}×) | {again:,} ({again / first:.2f}×)"
            print(f"| {one.stage.value} | {language} | {first:,} | {told} |")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "gpt-4o"))
