"""PrestaShop: its web service is read, and what it says goes through the doors of crm.sync. Nothing is written there.

client      one question to the web service, and what is wrong with its answer
answers     what it said, in XML or in JSON
records     its objects as plain texts
tables      the small tables of a shop: languages, currencies, states of orders
mapping     from its words to those of our API
threads     its customer service, handed to the desk that settings.SHOP_THREADS names, as told says
resources   which objects, in which order, with which fields
sweeping    once a day, what disappeared
running     trial, first import and what changed, page by page
"""
