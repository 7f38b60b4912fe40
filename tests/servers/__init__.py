"""Real servers for tests: Dovecot, an SMTP sink, and the certificates for both."""
