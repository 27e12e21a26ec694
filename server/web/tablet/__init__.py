"""The tablet app, served by central only."""
