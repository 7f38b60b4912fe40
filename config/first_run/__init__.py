"""The first pages of a new installation: the first supervisor, the shop, two contacts, a mailbox.

They stand here because they need all the apps, and only config may know them all.
"""
