"""A small client of a TOML language server over stdio, as an editor is one."""

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

MOST_QUESTIONS = 10_000


class LanguageServer:
    """A running `tombi lsp`; use it in a `with` block."""

    def __init__(self, command: str, folder: Path) -> None:
        self.folder, self.number = folder, 0
        self.process = subprocess.Popen(
            [command, "lsp", "--offline"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )

    def __enter__(self) -> "LanguageServer":
        root = self.folder.as_uri()
        folders = [{"uri": root, "name": "scenarios"}]
        capabilities: dict[str, Any] = {
            "textDocument": {"completion": {"completionItem": {}}, "diagnostic": {}}
        }
        self.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root,
                "workspaceFolders": folders,
                "capabilities": capabilities,
            },
        )
        self.tell("initialized", {})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()

    def open(self, name: str, text: str) -> str:
        """Open a file as an editor does, wait for what is wrong with it, return its address."""
        file = self.folder / name
        assert not file.exists(), "each file is opened once"
        file.write_text(text, encoding="utf-8")
        document = {"uri": file.as_uri(), "languageId": "toml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        # the server may answer before it has read the file; then it knows no symbols of it
        symbols = {"textDocument": {"uri": file.as_uri()}}
        for _ in range(MOST_QUESTIONS):
            if self.ask("textDocument/documentSymbol", symbols) is not None:
                return file.as_uri()
        raise AssertionError(f"the language server does not open {name}")

    def diagnostics(self, address: str) -> list[tuple[int, str]]:
        """Return line (from 1) and message of everything that the editor would underline."""
        answer = self.ask("textDocument/diagnostic", {"textDocument": {"uri": address}})
        return [(one["range"]["start"]["line"] + 1, one["message"]) for one in answer["items"]]

    def completions(self, address: str, line: int, column: int) -> dict[str, str]:
        """Return what the editor offers at a place (from 1), with the words shown beside it."""
        place = {"line": line - 1, "character": column - 1}
        answer = self.ask(
            "textDocument/completion", {"textDocument": {"uri": address}, "position": place}
        )
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return {one["label"]: str(one.get("documentation") or one.get("detail")) for one in items}

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request and return its answer; what the server asks meanwhile gets null."""
        self.number += 1
        self._send({"id": self.number, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif message.get("id") == self.number:
                assert "error" not in message, message["error"]
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while header := self.process.stdout.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length, "the language server ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message
