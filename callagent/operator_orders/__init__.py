"""What somebody at the console has a call do: the orders, and how a worker knows that they come from there."""

from callagent.operator_orders.orders import ACTS, LONGEST_TEXT, TOPIC, Act, InvalidOrder, Order, new_order
from callagent.operator_orders.signatures import OrderReader, signed

__all__ = [
    "ACTS",
    "LONGEST_TEXT",
    "TOPIC",
    "Act",
    "InvalidOrder",
    "Order",
    "OrderReader",
    "new_order",
    "signed",
]
