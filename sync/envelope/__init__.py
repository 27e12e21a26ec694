"""Envelopes: sealing, opening, verifying. FORMAT.md beside this file is the definition."""
