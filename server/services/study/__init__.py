"""The study: its forms and their publishing."""
