"""A wire between browser and service that a test can count on, cut and mend; it looks only at who asks for the stream."""

import contextlib
import socket
import threading

STREAM = b"GET /api/v1/events"
NO_STREAM = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n{}"


class Relay:
    """Listens at an address of its own and passes everything on to a port. streams: how often the stream was asked for."""

    def __init__(self, port: int, *, without_stream: bool = False) -> None:
        self.port, self.streams, self.whole = port, 0, True
        self._without = without_stream
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Nothing passes any more; what is under way breaks off."""
        self.whole = False
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.whole = True

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if not self.whole:
                return
            with socket.create_connection(("127.0.0.1", self.port)) as service:
                self._open |= {client, service}
                back = threading.Thread(target=self._pass, args=(service, client), daemon=True)
                back.start()
                self._ask(client, service)
                back.join()
        self._open.discard(client)

    def _ask(self, client: socket.socket, service: socket.socket) -> None:
        while asked := client.recv(65536):
            if STREAM in asked:
                self.streams += 1
                if self._without:
                    client.sendall(NO_STREAM)
                    break
            service.sendall(asked)
        with contextlib.suppress(OSError):
            service.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _pass(service: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while told := service.recv(65536):
                client.sendall(told)
            client.shutdown(socket.SHUT_RDWR)
