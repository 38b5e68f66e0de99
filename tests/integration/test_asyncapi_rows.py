"""What a whole genesis leaves in the outbox is valid under docs/asyncapi.yaml, headers and payload."""

from genesis_types.enums import GenesisMode, GenesisStage
from jsonschema import Draft202012Validator

from domain.genesis.commands import (
    AbandonGenesis,
    CancelGeneration,
    EditContent,
    ExtendSession,
    FinishGenesis,
    GenerateInspiration,
    ProvideFeedback,
)
from infrastructure.postgres.pool import Pool
from tests.support.asyncapi import FOUND
from tests.support.commands import CONTENTS, Desk

FIRST = GenesisStage.CONCEPT_SELECTION


async def test_every_message_of_a_genesis_is_as_described(desk: Desk, pool: Pool) -> None:
    await desk.start(mode=GenesisMode.FREE_FORM)
    proposal = await desk.propose()
    await desk.do(ProvideFeedback(proposal_id=proposal, text="darker"))
    await desk.do(CancelGeneration())
    await desk.do(EditContent(stage=FIRST, content=CONTENTS[FIRST], locked_paths=("/title",)))
    await desk.do(ExtendSession(hours=1))
    await desk.confirm_all()
    await desk.do(FinishGenesis())
    other = Desk(desk.store)
    await other.start(mode=GenesisMode.GUIDED, seed="a bell under the sea")
    await other.do(AbandonGenesis(reason="enough"))
    third = Desk(desk.store)
    await third.start(mode=GenesisMode.FREE_FORM)
    await third.do(GenerateInspiration())
    async with pool.connection() as connection:
        rows = await (await connection.execute("SELECT headers, payload FROM event_outbox")).fetchall()
    assert len({headers["ce_type"] for headers, _ in rows}) >= 10
    for headers, payload in rows:
        message = FOUND["components"]["messages"][headers["ce_type"]]
        for part, said in (("headers", headers), ("payload", payload)):
            Draft202012Validator({**message[part], "components": FOUND["components"]}).validate(said)
