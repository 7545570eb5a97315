"""Addresses that leave the house are public ones, whatever the request looked like behind the proxy that ends TLS."""

from flask import Flask

from tests.support.world import SETTINGS, buy, furnish, order, pay

BEHIND_THE_PROXY = SETTINGS["PUBLIC_URL"].replace("https:", "http:")


def test_an_order_behind_a_proxy_names_https_alone(house: Flask) -> None:
    paid = buy(furnish(), {"seat": 2})
    pay(paid)
    token, visitor = order(paid).token, house.test_client()
    told = visitor.get(f"/o/{token}.json", base_url=BEHIND_THE_PROXY).get_json()
    addresses = [one["url"] for one in (*told["tickets"], *told["receipts"])]
    assert len(addresses) == 3
    assert [address for address in addresses if not address.startswith(SETTINGS["PUBLIC_URL"] + "/")] == []
    page = visitor.get(f"/o/{token}?lang=en", base_url=BEHIND_THE_PROXY).text
    assert f'data-link="{SETTINGS["PUBLIC_URL"]}/t/' in page
    assert BEHIND_THE_PROXY not in page
