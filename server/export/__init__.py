"""Opened records to files."""
