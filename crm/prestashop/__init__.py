"""PrestaShop: its web service is read, and what it says goes through the doors of crm.sync. Nothing is written there.

client      one question to the web service, and what is wrong with its answer
records     the XML as plain texts
tables      the small tables of a shop: languages, currencies, states of orders
mapping     from its words to those of our API
resources   which objects, in which order, with which fields
running     trial, first import and what changed, page by page
"""
