"""The preview of a form: the factory of its small application, and the server that runs it on the loopback address."""

from __future__ import annotations

import socket
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from server.errors.error import CodedError
from server.web import preview
from server.web.preview.watched import Reading, WatchedForm

HOST = "127.0.0.1"


class _Quiet(WSGIRequestHandler):
    """What is asked for is nobody's business."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


class Preview:
    """A form's file and the server that shows it.

    Raises ``CodedError``: ``tablet.not_built``, ``preview.port``.
    """

    def __init__(self, file: Path, port: int = 0, language: str | None = None, built: Path = preview.BUILT) -> None:
        if not (built / preview.PAGE).is_file():
            raise CodedError("tablet.not_built")
        self._watched = WatchedForm(file)
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/"
        app = Flask("server.preview", static_folder=None)
        preview.init_app(app, self._watched, self.port, language, built)
        self._server: BaseWSGIServer = make_server(
            HOST, self.port, app, threaded=True, request_handler=_Quiet, fd=self._socket.fileno()
        )

    def start(self) -> Reading:
        """Read the file for the first time."""
        return self._watched.start()

    def serve(self) -> None:
        """Answer until Ctrl-C or another exception ends it; then everything is closed."""
        try:
            self._server.serve_forever()
        finally:
            self.close()

    def close(self) -> None:
        """Look at the file no more and give the port back."""
        self._watched.stop()
        self._server.server_close()
        self._socket.close()


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError:
        listening.close()
        raise CodedError("preview.port", port=port) from None
    listening.listen()
    return listening
