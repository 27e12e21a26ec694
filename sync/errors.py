"""The errors that this library raises: a stable code and parameters, never a text for people."""


class SyncError(Exception):
    """Something sent or stored is not as it must be.

    `code` is stable and stands in the application's catalogue, which holds the text and the remedy.
    `params` name what is meant (a field, a limit); they never hold an answer or a secret.
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str | int] = params

    def __str__(self) -> str:
        """The code and its parameters, for logs."""
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code} ({shown})" if shown else self.code


class EnvelopeError(SyncError):
    """An envelope, an item or a signed document is not as FORMAT.md says. The codes stand there."""
