"""Nothing listens beyond this machine before somebody has a password: strangers could not be told from the owner."""

import ipaddress
import socket
from datetime import UTC, datetime

from psycopg.errors import UndefinedTable
from psycopg_pool import PoolTimeout

from infrastructure.identity.authentication import Authentication
from infrastructure.identity.passwords import Passwords
from infrastructure.identity.users import Users
from infrastructure.operator_error import OperatorError
from infrastructure.postgres.pool import make_pool, opened
from infrastructure.settings import Settings

_PATIENCE = 5.0


def beyond_this_machine(host: str) -> bool:
    """Whether a server that listens on `host`, an address or a name, can be reached from elsewhere.

    What cannot be resolved counts as reachable: who resolves it later may be given any address.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return True
    return not all(_is_loopback(str(address[0])) for *_, address in found)


def others_can_reach(settings: Settings) -> bool:
    """Whether anybody but this machine's people can come to the studio: by its address, or through a proxy's name."""
    return bool(settings.hosts) or beyond_this_machine(settings.host)


async def secure(settings: Settings, database_url: str) -> None:
    """Give the owner the password of the settings if they have none, and refuse to listen elsewhere without any.

    Raises OperatorError.
    """
    beyond = beyond_this_machine(settings.host)
    if not beyond and settings.owner_password is None:
        return
    try:
        pool = make_pool(database_url, "genesis-exposure", min_size=1, max_size=1, patience=_PATIENCE)
        async with opened(pool, wait_seconds=_PATIENCE):
            accounts = Authentication(pool)
            users = Users(pool, accounts, Passwords(), lambda: datetime.now(UTC))
            if settings.owner_password is not None:
                await _give_the_owner(settings.owner_password.get_secret_value(), accounts, users)
            if beyond and not await users.anybody_has_a_password():
                raise OperatorError(
                    f"The studio does not listen on {settings.host}, where others can reach it, before there is a"
                    " password.",
                    "Set one with `genesis users password owner`, or leave GENESIS_HOST at 127.0.0.1.",
                )
    except PoolTimeout as error:
        raise OperatorError(
            "The database cannot be reached.", "Check GENESIS_DATABASE_URL, and that the server runs."
        ) from error
    except UndefinedTable as error:
        raise OperatorError("The database has no schema yet.", "Run `genesis migrate`.") from error


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


async def _give_the_owner(password: str, accounts: Authentication, users: Users) -> None:
    owner = await users.get((await accounts.ensure_owner()).id)
    if owner is None or owner.has_password:
        return
    try:
        await users.set_password(owner.id, password)
    except OperatorError as problem:
        raise OperatorError("GENESIS_OWNER_PASSWORD cannot be a password.", problem.remedy) from None
