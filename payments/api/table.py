"""Everything the API answers to, in the order of the document."""

from collections.abc import Mapping

from payments.api import evenings, hooking, money, people, sales
from payments.api.operations import Operation

OPERATIONS = (
    *evenings.OPERATIONS,
    *sales.OPERATIONS,
    *people.OPERATIONS,
    *money.OPERATIONS,
    *hooking.OPERATIONS,
)
BY_NAME: Mapping[str, Operation] = {operation.name: operation for operation in OPERATIONS}
