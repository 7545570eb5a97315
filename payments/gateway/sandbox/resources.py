"""The addresses of the API that we speak, each with the parameter types its requests are checked against."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import stripe
from stripe import params as api
from stripe.params import checkout, radar

from payments.gateway.sandbox import balances, listing, refunds, sessions
from payments.gateway.sandbox.books import Books, Obj, ident

Handler = Callable[..., Obj]


@dataclass(frozen=True)
class Route:
    """A method and an address; its handler takes the books, the checked parameters and the ids in the address."""

    method: str
    pattern: re.Pattern[str]
    params: Any
    handle: Handler


def _route(method: str, path: str, params: object, handle: Handler) -> Route:
    return Route(method, re.compile("/v1/" + path.replace("ID", "([A-Za-z0-9_]+)")), params, handle)


def _getter(kind: str) -> Handler:
    def get(books: Books, params: dict[str, Any], object_id: str) -> Obj:
        return books.get(kind, object_id)

    return get


def _lister(kind: str, path: str) -> Handler:
    def rows(books: Books, params: dict[str, Any]) -> Obj:
        return listing.page(books.all(kind), params, f"/v1/{path}")

    return rows


def _line_items(books: Books, params: dict[str, Any], session_id: str) -> Obj:
    url = f"/v1/checkout/sessions/{session_id}/line_items"
    return listing.page(sessions.lines(books, session_id), params, url, newest_first=False)


def _balance_transactions(books: Books, params: dict[str, Any]) -> Obj:
    balances.ripen(books)
    rows = books.all("balance_transaction")
    filters = dict(params)
    payout = filters.pop("payout", None)
    if payout is not None:
        books.get("payout", payout, "payout")
        rows = [row for row in rows if books.members.get(row["id"]) == payout]
    return listing.page(rows, filters, "/v1/balance_transactions")


def create_endpoint(books: Books, params: dict[str, Any]) -> Obj:
    """A webhook endpoint; its secret is shown this once."""
    secret = params.get("secret") or ident("whsec", 32)
    endpoint = books.add(
        {
            "id": ident("we"),
            "object": "webhook_endpoint",
            "api_version": params.get("api_version") or stripe.api_version,
            "application": None,
            "created": books.now(),
            "description": params.get("description"),
            "enabled_events": list(params["enabled_events"]),
            "livemode": False,
            "metadata": params.get("metadata") or {},
            "status": "enabled",
            "url": params["url"],
        }
    )
    books.secrets[endpoint["id"]] = secret
    return {**endpoint, "secret": secret}


def _delete_endpoint(books: Books, params: dict[str, Any], endpoint_id: str) -> Obj:
    books.get("webhook_endpoint", endpoint_id)
    del books.kinds["webhook_endpoint"][endpoint_id]
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


_READABLE: list[tuple[str, str, Any, Any]] = [
    ("checkout/sessions", "checkout.session", checkout.SessionRetrieveParams, checkout.SessionListParams),
    ("payment_intents", "payment_intent", api.PaymentIntentRetrieveParams, api.PaymentIntentListParams),
    ("charges", "charge", api.ChargeRetrieveParams, api.ChargeListParams),
    ("refunds", "refund", api.RefundRetrieveParams, api.RefundListParams),
    ("disputes", "dispute", api.DisputeRetrieveParams, api.DisputeListParams),
    ("payouts", "payout", api.PayoutRetrieveParams, api.PayoutListParams),
    ("events", "event", api.EventRetrieveParams, api.EventListParams),
    ("webhook_endpoints", "webhook_endpoint", api.WebhookEndpointRetrieveParams, api.WebhookEndpointListParams),
    (
        "radar/early_fraud_warnings",
        "radar.early_fraud_warning",
        radar.EarlyFraudWarningRetrieveParams,
        radar.EarlyFraudWarningListParams,
    ),
]

ROUTES: list[Route] = [
    _route("POST", "checkout/sessions", checkout.SessionCreateParams, sessions.create),
    _route("POST", "checkout/sessions/ID/expire", checkout.SessionExpireParams, sessions.expire),
    _route("GET", "checkout/sessions/ID/line_items", checkout.SessionListLineItemsParams, _line_items),
    _route("POST", "refunds", api.RefundCreateParams, refunds.create),
    _route("POST", "refunds/ID/cancel", api.RefundCancelParams, refunds.cancel),
    _route("GET", "balance", api.BalanceRetrieveParams, balances.balance),
    _route("GET", "balance_transactions", api.BalanceTransactionListParams, _balance_transactions),
    _route("GET", "balance_transactions/ID", api.BalanceTransactionRetrieveParams, _getter("balance_transaction")),
    _route("POST", "webhook_endpoints", api.WebhookEndpointCreateParams, create_endpoint),
    _route("DELETE", "webhook_endpoints/ID", api.WebhookEndpointDeleteParams, _delete_endpoint),
    *(_route("GET", path, listed, _lister(kind, path)) for path, kind, _, listed in _READABLE),
    *(_route("GET", f"{path}/ID", one, _getter(kind)) for path, kind, one, _ in _READABLE),
]
