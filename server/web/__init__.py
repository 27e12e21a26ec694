"""Blueprints: they parse, call one service, and render."""
