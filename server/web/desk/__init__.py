"""The data manager's desk."""
