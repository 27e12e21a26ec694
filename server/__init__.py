"""The application: composes forms and sync into one server with two roles, node and central."""
