"""The receipt of one side: to print, to show, and to check without us."""

import json
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from app.accounts.rules import Visitor
from app.db import ReadSession
from app.exchanges import queries
from app.web.access import SIGNED_IN
from app.web.answers import page as show
from app.web.qr import qr_code


@get("/exchanges/{code:str}/receipt", opt=SIGNED_IN)
async def receipt(
    request: Request[Any, Any, Any],
    reader: NamedDependency[ReadSession],
    visitor: NamedDependency[Visitor],
    code: FromPath[str],
) -> Template:
    stand = await queries.stand(reader, visitor, code)
    found = await queries.receipt(reader, stand)
    address = f"{request.app.state.settings.public_url}/ledger/{found.number}"
    return show(
        "exchanges/receipt.html", stand=stand, receipt=found, address=address, qr=qr_code(address)
    )


@get("/exchanges/{code:str}/receipt.json", opt=SIGNED_IN)
async def receipt_file(
    reader: NamedDependency[ReadSession], visitor: NamedDependency[Visitor], code: FromPath[str]
) -> Response[bytes]:
    stand = await queries.stand(reader, visitor, code)
    found = await queries.receipt(reader, stand)
    return Response(
        json.dumps(found.proof, indent=1).encode(),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="receipt-{found.number}.json"'},
    )


handlers: list[ControllerRouterHandler] = [receipt, receipt_file]
