"""The lines of one copy of the log, told apart but not yet believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nhi_center.domain import audit_file
from nhi_center.domain.audit_file import AuditFault, Header


@dataclass(frozen=True, slots=True)
class BlockLines:
    """One block as it stands in the file; ``body`` is its entry lines with their line feeds, the others are without."""

    body: bytes
    head: bytes
    countersigned: list[bytes]

    def entries(self) -> list[bytes]:
        """The entry lines. Told apart only when they are looked at: a file may hold a hundred thousand."""
        return self.body.split(b"\n")[:-1]

    def frame_lines(self) -> Iterator[bytes]:
        """The lines of the frame in this block, with their line feeds."""
        yield self.head + b"\n"
        for line in self.countersigned:
            yield line + b"\n"


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's first line (None: not even that is whole), its blocks, the whole lines behind the last one (``tail``), and whether
    anything at all stands there (``torn``)."""

    header: bytes | None
    blocks: list[BlockLines]
    tail: list[bytes]
    torn: bool

    @classmethod
    def split(cls, data: bytes) -> Lines:
        at = data.find(b"\n") + 1
        if not at:
            return cls(None, [], [], torn=True)
        header, blocks = data[: at - 1], []
        while (before := data.find(b"\n=", at - 1)) >= 0 and (stop := data.find(b"\n", before + 1)) >= 0:
            body, head = data[at : before + 1], data[before + 1 : stop]
            at, countersigned = stop + 1, []
            while data[at : at + 1] == b"+" and (stop := data.find(b"\n", at)) >= 0:
                countersigned.append(data[at:stop])
                at = stop + 1
            blocks.append(BlockLines(body, head, countersigned))
        behind = data[at:]
        return cls(header, blocks, behind.split(b"\n")[:-1], torn=bool(behind))

    def parsed_header(self, expected: int = 0) -> Header:
        """Raises AuditFault (at entry ``expected``) when the first line is not one."""
        try:
            return audit_file.parse_header(self.header or b"")
        except ValueError:
            raise AuditFault(expected, "ファイルの最初の行が変わっているか、操作記録の写しではありません。") from None
