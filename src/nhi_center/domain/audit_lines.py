"""The lines of one copy of the log, told apart but not yet believed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nhi_center.domain import audit_file
from nhi_center.domain.audit_file import AuditFault, Header


@dataclass(frozen=True, slots=True)
class BlockLines:
    """One block as it stands in the file, without line feeds."""

    entries: list[bytes]
    head: bytes
    countersigned: list[bytes]

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
        if b"\n" not in data:
            return cls(None, [], [], torn=True)
        parts = data.split(b"\n=")
        torn = len(parts) > 1 and b"\n" not in parts[-1]
        if torn:  # a head whose line was not finished: it ends no block
            parts.pop()
        header, *pending = parts[0].split(b"\n")
        blocks = []
        for number, part in enumerate(parts[1:], 1):
            lines = part.split(b"\n")
            behind = 1
            while behind < len(lines) and lines[behind][:1] == b"+":
                behind += 1
            if number == len(parts) - 1 and behind == len(lines) and not torn:  # a countersigned head that was not finished
                behind -= 1
            blocks.append(BlockLines(pending, b"=" + lines[0], lines[1:behind]))
            pending = lines[behind:]
        if not torn:
            torn = pending not in ([], [b""])
            del pending[-1:]  # what stands behind the last line feed
        return cls(header, blocks, pending, torn)

    def parsed_header(self, expected: int = 0) -> Header:
        """Raises AuditFault (at entry ``expected``) when the first line is not one."""
        try:
            return audit_file.parse_header(self.header or b"")
        except ValueError:
            raise AuditFault(expected, "ファイルの最初の行が変わっているか、操作記録の写しではありません。") from None
