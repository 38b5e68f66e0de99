"""A step from a keyword to a book has its own time: what takes longer is stopped, and may be tried again."""

import pytest

from application.idea_writers import IdeaDraft, IdeasWritten, StepWritten
from application.writers import WriterError
from flows.workflow.initiate import within
from tests.support.ideas import PlainIdeaWriter, idea_request


async def test_a_step_that_hangs_is_stopped_and_may_be_tried_again() -> None:
    writer = PlainIdeaWriter(pace=3_600)
    writing = within(writer.write_ideas(idea_request()), 0.05)
    assert isinstance(await anext(writing), IdeaDraft)
    with pytest.raises(WriterError) as stopped:
        await anext(writing)
    assert (stopped.value.code, stopped.value.retryable, writer.stopped) == ("TIMED_OUT", True, 1)


async def test_what_comes_in_time_is_given_as_it_is() -> None:
    items = [item async for item in within(PlainIdeaWriter(pace=0).write_ideas(idea_request()), 3_600)]
    assert [item.step for item in items if isinstance(item, StepWritten)] == ["landscape", "thesis", "concepts"]
    assert isinstance(items[-1], IdeasWritten)
