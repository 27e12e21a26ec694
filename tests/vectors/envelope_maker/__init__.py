"""How the vectors in ../envelope are made."""
