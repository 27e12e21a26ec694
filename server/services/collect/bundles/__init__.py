"""Bundles: what a round carries, by USB stick (deploy/docs/protocol.md, Bundles)."""
