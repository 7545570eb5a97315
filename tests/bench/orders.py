"""Orders as the benches send them: one browser's cookie and token, and then one buyer after the other."""

import http.client
import re
from collections.abc import Iterator
from itertools import count, cycle
from urllib.parse import urlencode

from tests.bench import hall
from tests.bench.driving import Side

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Buyers:
    """The order form as one browser has it: its cookie and its token, and then one buyer after the other."""

    def __init__(self, port: int, slug: str) -> None:
        self.port, self.path = port, f"/e/{slug}/order?lang=en"
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", self.path)
        answer = connection.getresponse()
        found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', answer.read().decode())
        self.cookie = "; ".join(one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", []))
        connection.close()
        assert found, "no form"
        self.token = found[1]

    def side(self, name: str, kinds: Iterator[str], says: bytes) -> Side:
        """Whoever presses the button, for one seat of these types in turn."""
        headers = {**FORM, "Cookie": self.cookie}
        return Side(name, self.port, self.path, headers, _Forms(self.token, kinds), says=says, status=303)


class _Forms(Iterator[bytes]):
    """Filled-in forms, none twice; threads may share it, for each step is one of the interpreter's own."""

    def __init__(self, token: str, kinds: Iterator[str]) -> None:
        self.token, self.kinds, self.numbers = token, kinds, count(1)

    def __next__(self) -> bytes:
        number, kind = next(self.numbers), next(self.kinds)
        who = {"name": f"Buyer {number}", "email": f"buyer{number}.{kind}@example.org", "lang": "en"}
        return urlencode({f"ticket-{kind}": "1", "csrf_token": self.token, **who}).encode()


def in_turn() -> Iterator[str]:
    """The free types, one after the other."""
    return cycle([f"free-{number}" for number in range(hall.TYPES)])
