"""Tokens of the prompt at each stage: the first request, and those after a long session (docs/models.md).

Run: `.venv/bin/python -m benchmarks.prompt_tokens [MODEL]`. Estimates by infrastructure/writers/model/tokens.py; the
schema of the answer, which is sent beside the prompt, is counted as well.
"""

import asyncio
import json
import sys

from application.writers import WriterRequest
from domain.genesis.proposals import Content
from infrastructure.writers.model.parts.plans import LARGE
from infrastructure.writers.model.prompts import instructions, question
from infrastructure.writers.model.shapes import Shape
from infrastructure.writers.model.tokens import tokens
from tests.support.long_session import SEEDS, LongSession, long_sessions
from tests.support.part_tokens import part_tokens


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
    print("\nThe same in parts, of the lean profile: everything of the proposal is chosen to be changed.\n")
    print(
        "| stage | language | first request | its largest part | what a note concerns | largest part of a refinement |"
    )
    print("|---|---|---|---|---|---|")
    for language in SEEDS:
        for one in await long_sessions(language):
            if one.stage in LARGE and one.refinement.target is not None:
                print(f"| {one.stage.value} | {language} | {_parts(one, one.refinement.target.content, model)} |")


def _parts(one: LongSession, whole: Content, model: str) -> str:
    """The ratio is to the first request: that is told of no other part."""
    sizes = [number for _, number in part_tokens(one.first, whole, model)]
    concerns, *rest = [number for _, number in part_tokens(one.refinement, whole, model)]
    first = sizes[0]
    told = f"{first:,} | {max(sizes):,} | {concerns:,} ({concerns / first:.2f}×)"
    return f"{told} | {max(rest):,} ({max(rest) / first:.2f}×)"


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "gpt-4o"))
