"""What models were sent is kept for a time since it was last sent, and goes then."""

from hashlib import sha256
from uuid import uuid4

import pytest
from pydantic import ValidationError

from infrastructure.postgres.pool import Pool
from infrastructure.settings import Settings
from infrastructure.work import retention
from infrastructure.work.retention import Retention
from infrastructure.work.sent_parts import SentParts
from tests.support.aging import OLD, rows, untriggered


async def test_what_a_model_was_sent_goes_a_time_after_it_was_last_sent(pool: Pool) -> None:
    session_id = uuid4()
    texts = {sha256(text.encode()).hexdigest(): text for text in ("old", "sent again", "young")}
    old, again, young = texts
    parts = SentParts(pool)
    await parts.keep(session_id, texts)
    async with pool.connection() as connection:
        for name, days in ((old, 400), (again, 400), (young, 360)):
            await connection.execute(
                "UPDATE sent_parts SET created_at = clock_timestamp() - make_interval(days => %s) WHERE hash = %s",
                (days, name),
            )
    await parts.keep(session_id, {again: texts[again]})
    assert await Retention(pool, days=1, broker=False).sweep() is False
    assert {row[0] for row in await rows(pool, "SELECT hash FROM sent_parts")} == {again, young}
    assert await Retention(pool, days=1, broker=False, sent_days=30).sweep() is False
    assert {row[0] for row in await rows(pool, "SELECT hash FROM sent_parts")} == {again}


async def test_a_part_that_is_sent_while_it_is_swept_stays(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    session_id, text = uuid4(), "a lighthouse"
    name = sha256(text.encode()).hexdigest()
    await SentParts(pool).keep(session_id, {name: text})
    await untriggered(pool, f"UPDATE sent_parts SET created_at = {OLD}")
    found = retention._SENT_PARTS.old.replace("%(days)s", "0").replace("%(limit)s", "9")
    ids = [row[0] for row in await rows(pool, found)]
    await SentParts(pool).keep(session_id, {name: text})
    async with pool.connection() as connection:
        await connection.execute(retention._SENT_PARTS.end, {"ids": ids, "days": 30})
    assert len(ids) == 1
    assert await rows(pool, "SELECT hash FROM sent_parts") == [(name,)]


@pytest.mark.parametrize("days", ["0", "-1", "36501", "long"])
def test_a_time_that_cannot_be_kept_is_refused(days: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESIS_SENT_DAYS", days)
    with pytest.raises(ValidationError, match="sent_days"):
        Settings()
