"""A real SMTP server that takes everything and keeps nothing: as fast as a mail server can be."""

import asyncio
import sys


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    def say(line: bytes) -> None:
        writer.write(line + b"\r\n")

    say(b"220 sink.example")
    try:
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say(b"354 go on")
                await writer.drain()
                await reader.readuntil(b"\r\n.\r\n")
                say(b"250 taken")
            elif word == b"EHLO":
                say(b"250-sink.example")
                say(b"250-PIPELINING")
                say(b"250-8BITMIME")
                say(b"250 SMTPUTF8")
            elif word == b"QUIT":
                say(b"221 bye")
                break
            else:
                say(b"250 fine")
            await writer.drain()
    finally:
        writer.close()


async def main() -> None:
    server = await asyncio.start_server(_talk, "127.0.0.1", 0, limit=2**24)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.readline)  # until whoever started it goes


if __name__ == "__main__":
    asyncio.run(main())
