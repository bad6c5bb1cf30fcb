"""HTTP as uvicorn speaks it by httptools, with a limit on the head of a request, which httptools does not have."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD = 65_536  # bytes of a request line and its headers


class Bounded(HttpToolsProtocol):
    """Answers 400 and closes where the head of a request does not end."""

    unfinished = 0  # bytes received since the last head ended, while no body is expected
    in_body = False

    def data_received(self, data: bytes) -> None:
        """Take the next bytes, unless too many belong to one head."""
        self.unfinished += len(data)
        super().data_received(data)
        if self.in_body:
            self.unfinished = 0
        elif self.unfinished > HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request is too large.")

    def on_headers_complete(self) -> None:
        """The head ended well."""
        self.unfinished, self.in_body = 0, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body ended; what follows is another head."""
        self.unfinished, self.in_body = 0, False
        super().on_message_complete()
