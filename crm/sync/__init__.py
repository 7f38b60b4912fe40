"""What a shop tells us of its customers, orders and carts, written down: the one door for API, connectors and files.

One module a noun, each with

    upsert(shop, said) -> list[Told]    many objects at once, by the shop's own ids
    remove(shop, shop_id)               one object; raises LookupError where there is none, ValueError if refused

An object is a mapping of checked values with its `id` in the shop; what it does not name stays as it is, and
another object is named by its id in the same shop. Objects that hold nothing new are not written. What only the
database knows to be wrong (an id that nobody has) refuses that object, with a sentence at the field, and not the
others. Times are aware, money is Decimal, strings fit their columns: `crm.api.bodies` checks what strangers send.
"""
