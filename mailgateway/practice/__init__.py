"""Practice mode: a mail server of its own on loopback, and a page where one plays the customer."""
