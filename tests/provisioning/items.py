"""Short ways to make items."""

from callagent.provisioning.resources import BLANK, Existing, Item, Kind, Value


def item(kind: Kind, name: str, **fields: Value) -> Item:
    return Item(kind, name, {**BLANK[kind], **{key.replace("__", "."): value for key, value in fields.items()}})


def trunk(name: str, *numbers: str, **fields: Value) -> Item:
    return item(Kind.INBOUND, name, numbers=numbers, **fields)


def rule(name: str, *trunks: str, **fields: Value) -> Item:
    return item(Kind.RULE, name, trunks=trunks, **fields)


def there(item: Item, object_id: str = "X1", stack: str | None = "mine", sealed: str = "") -> Existing:
    return Existing(item, object_id, stack, sealed)
