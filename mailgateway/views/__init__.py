"""Pages of mailboxes and of raw mail, for supervisors."""
