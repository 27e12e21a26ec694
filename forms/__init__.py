"""What is asked and what was answered: a pure library that knows no server and no database."""
