"""Watching: the ledger and what it is made of."""
