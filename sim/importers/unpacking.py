"""What are the bytes of a file that may be packed? Those of a gzip as they unpack, within sane limits."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

CHUNK = 1 << 16
FREE_BYTES = 256 << 20
"""A packed file may unpack to so much, however small it is ..."""
MOST_TIMES = 300
"""... and beyond that to so many times its size."""
RECORD_BYTES = 64 << 20
"""A larger record is no chat."""


class CutError(ValueError):
    """A file ends in the middle, is damaged, or is larger than is read; says which."""


class Unpacked(io.RawIOBase):
    """Bytes of a file, unpacked if it is a gzip."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self.file = file
        self._ahead = file.read(CHUNK)
        self._packed = len(self._ahead)
        self._unpacked = self._of_record = 0
        self._zip = zlib.decompressobj(wbits=31) if self._ahead[:2] == b"\x1f\x8b" else None
        self._left = b""
        """Packed bytes that are still to be unpacked."""
        self._troubled = ""
        if self._zip is not None:
            self._left, self._ahead = self._ahead, b""

    def peek(self, n: int) -> bytes:
        """First *n* bytes, which are read again."""
        while len(self._ahead) < n:
            try:
                more = self._more()
            except CutError as error:
                self._troubled = str(error)
                break
            if not more:
                break
            self._ahead += more
        return self._ahead[:n]

    def rest(self) -> None:
        """Begin to count what one record takes."""
        self._of_record = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, room: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a part of some room."""
        found = self.read(len(room))
        room[: len(found)] = found
        return len(found)

    def read(self, n: int = -1) -> bytes:
        """Up to *n* bytes; none at the end.

        Raises
        ------
        CutError
            If the file is damaged, or larger than is read.
        """
        if not self._ahead:
            if self._troubled:
                raise CutError(self._troubled)
            self._ahead = self._more()
        if n < 0:
            n = CHUNK
        found, self._ahead = self._ahead[:n], self._ahead[n:]
        self._of_record += len(found)
        return found

    def check(self) -> None:
        """Refuse a record that is larger than any chat."""
        if self._of_record > RECORD_BYTES:
            raise CutError(
                f"a record is larger than {RECORD_BYTES >> 20} MB: no chat is; the rest is not read"
            )

    def _more(self) -> bytes:
        if self._zip is None:
            return self.file.read(CHUNK)
        while True:
            if not self._left:
                self._left = self.file.read(CHUNK)
                self._packed += len(self._left)
                if not self._left:
                    if not self._zip.eof:
                        raise CutError("the packed file ends in the middle")
                    return b""
            try:
                found = self._zip.decompress(self._left, CHUNK)
            except zlib.error as error:
                raise CutError(f"the packed file is damaged: {error}") from None
            self._left = self._zip.unconsumed_tail
            if self._zip.eof:
                self._left = self._zip.unused_data
                rest = self._left.lstrip(b"\0")
                if rest:
                    self._zip = zlib.decompressobj(wbits=31)
            self._unpacked += len(found)
            if self._unpacked > FREE_BYTES + MOST_TIMES * self._packed:
                raise CutError(f"unpacks to more than {MOST_TIMES} times its size: the rest is not read")
            if found:
                return found
