"""``python -m server.cli`` is the same as ``feldbuch``."""

from server.cli import main

if __name__ == "__main__":
    main()
