"""The error that the application raises: a code of the catalogue with parameters, never an answer or a secret."""

from __future__ import annotations


class CodedError(Exception):
    """Raised where something goes wrong that a person or a client should hear of.

    ``code`` stands in the catalogue (``server/errors/texts``); ``params`` fill the placeholders of its texts.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code} ({details})" if details else self.code
