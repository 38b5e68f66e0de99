"""Taking one's own events out: as JSON Lines, CSV or Parquet, streamed, and gone on with after a lost connection."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from genesis_types.enums import GenesisStage

from api.audited_reading import Names, Scope, analyst, audit_of, recorded
from api.dependencies import SignedIn, limited
from api.errors import Problem, documented
from infrastructure.exports.downloads import Download, Downloads, NotOwned
from infrastructure.exports.key import NoKey
from infrastructure.exports.selection import Refused, Selection, moment
from infrastructure.operator_error import OperatorError

router = APIRouter(tags=["exports"])

_MEDIA = {
    "jsonl": "application/cloudevents-batch+jsonl",
    "csv": "text/csv; charset=utf-8; header=present",
    "parquet": "application/vnd.apache.parquet",
}
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")

Sessions = Annotated[list[UUID] | None, Query(alias="session", max_length=100, description="Only these; mine, or 404.")]
Types = Annotated[list[Annotated[str, Query(pattern=r"^[A-Za-z]{1,60}$")]] | None, Query(alias="type", max_length=100)]
Stages = Annotated[list[GenesisStage] | None, Query(alias="stage", max_length=10)]
Moment = Annotated[str | None, Query(max_length=60, description="ISO 8601; UTC if it names no zone.")]
Until = Annotated[
    str | None, Query(max_length=60, description="A place of the log, as an answer's `Genesis-Until` names it.")
]
Family = Annotated[
    Literal["lifecycle", "generations", "decisions", "credits", "others"] | None,
    Query(description="With csv, which has a table for each."),
]

_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "All of it.", "content": {media: {"schema": {"type": "string"}} for media in _MEDIA.values()}},
    206: {"description": "The range that was asked for."},
    304: {"description": "What the client has (`If-None-Match`) is the same."},
}


@router.get(
    "/exports/events",
    responses=_ANSWERS
    | documented(
        "INVALID_REQUEST", "UNAUTHENTICATED", "ANALYST_ONLY", "NOT_FOUND", "RANGE_NOT_SATISFIABLE", "RATE_LIMITED"
    ),
    response_class=StreamingResponse,
    dependencies=[Depends(limited("export"))],
)
async def export_events(
    request: Request,
    account: SignedIn,
    *,
    scope: Scope = "own",
    names: Names = False,
    format: Literal["jsonl", "csv", "parquet"] = "jsonl",
    session: Sessions = None,
    type: Types = None,
    stage: Stages = None,
    since: Moment = None,
    before: Moment = None,
    until: Until = None,
    family: Family = None,
    with_text: bool = False,
    anonymise: bool = False,
    range_: Annotated[str | None, Header(alias="Range")] = None,
    if_range: Annotated[str | None, Header(alias="If-Range")] = None,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None,
) -> Response:
    """My events in the order in which they were committed, up to `until` or to now.

    The same request with the `until` of the answer (header `Genesis-Until`) gives the same bytes: a download that was
    cut off goes on with `Range` and `If-Range`. Texts are left out (length and hash) unless `with_text` asks for them.
    With `scope=all` an analyst's hold everybody's, and everybody whose rows they hold sees that.
    """
    everyone = scope == "all"
    if everyone:
        await analyst(request, account)
    downloads: Downloads = request.app.state.downloads
    try:
        selection = Selection(
            sessions=tuple(session or ()),
            types=tuple(type or ()),
            stages=tuple(stage or ()),
            since=moment("since", since) if since is not None else None,
            before=moment("before", before) if before is not None else None,
            with_text=with_text,
            anonymise=anonymise or (everyone and not names),
        )
        download = await downloads.open(account.id, selection, format, until, family, everyone=everyone)
    except Refused as error:
        raise Problem.invalid(error.field, str(error)) from error
    except NotOwned as error:
        raise Problem.not_found() from error
    except NoKey as error:
        raise Problem("UNAVAILABLE", "This installation has no key for exports: set GENESIS_EXPORT_KEY.") from error
    except OperatorError as error:
        raise Problem.invalid("format", error.message) from error
    if everyone:
        owners = await downloads.owners(download)
        entry = audit_of(request).exported(
            account.id, owners, "events", named=names, with_text=with_text, selection=download.etag
        )
        await recorded(entry)
    headers = _headers(request, download)
    tag = headers["ETag"]
    if if_none_match is not None and tag in (one.strip() for one in if_none_match.split(",")):
        return Response(status_code=304, headers=headers)
    media = _MEDIA[format]
    asked = _RANGE.fullmatch(range_.strip()) if range_ is not None and if_range in (None, tag) else None
    if asked is None or asked.groups() == ("", ""):
        return StreamingResponse(downloads.data(download), headers=headers, media_type=media)
    size = await downloads.size(download)
    first, last = _bounds(asked[1], asked[2], size)
    if first >= size or last < first:
        raise Problem(
            "RANGE_NOT_SATISFIABLE",
            f"The download has {size} bytes: the range begins behind its end.",
            headers={"ETag": tag, "Content-Range": f"bytes */{size}"},
        )
    headers |= {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last + 1 - first)}
    return StreamingResponse(downloads.data(download, first, last), 206, headers=headers, media_type=media)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte of a range (RFC 9110, 14.1.2), as far as there are any."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _headers(request: Request, download: Download) -> dict[str, str]:
    return {
        "ETag": f'"{download.etag}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Genesis-Until": download.until,
        "Content-Location": str(request.url.include_query_params(until=download.until).replace(scheme="", netloc="")),
        "Content-Disposition": f'attachment; filename="{download.file_name}"',
    }
