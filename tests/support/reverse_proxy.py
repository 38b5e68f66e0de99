"""A reverse proxy that terminates TLS, as a process of its own: `python -m tests.support.reverse_proxy …`.

It asks the upstream from a chosen loopback address, appends its peer to X-Forwarded-For and sets X-Forwarded-Proto, as
a proxy has to. One request per connection.
"""

import argparse
import asyncio
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "studio.example"


@dataclass(frozen=True)
class ReverseProxy:
    port: int
    certificate: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"


@contextmanager
def reverse_proxy(upstream: int, folder: Path, *, source: str = "127.0.0.1") -> Iterator[ReverseProxy]:
    """In front of 127.0.0.1:`upstream`, which sees it come from `source`. The certificate is for `NAME`."""
    certificate, key = _certificate(folder)
    arguments = [str(upstream), source, str(certificate), str(key)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.reverse_proxy", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield ReverseProxy(int(process.stdout.readline()), certificate)
        finally:
            process.terminate()


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = [x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "proxy.crt", folder / "proxy.key"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


async def _serve(upstream: int, source: str, certificate: str, key: str) -> None:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            there, back = await asyncio.open_connection("127.0.0.1", upstream, local_addr=(source, 0))
            back.write(_forwarded(head, writer.get_extra_info("peername")[0]))
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        finally:
            writer.close()

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    async with await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=tls) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()


def _forwarded(head: bytes, peer: str) -> bytes:
    first, *fields = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    chain, kept = [], []
    for field in fields:
        name, _, value = field.partition(b":")
        match name.strip().lower():
            case b"x-forwarded-for":
                chain.append(value.strip())
            case b"x-forwarded-proto" | b"connection":
                pass
            case _:
                kept.append(field)
    chain.append(peer.encode())
    kept += [b"X-Forwarded-For: " + b", ".join(chain), b"X-Forwarded-Proto: https", b"Connection: close"]
    return b"\r\n".join([first, *kept, b"", b""])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("upstream", type=int)
    parser.add_argument("source")
    parser.add_argument("certificate")
    parser.add_argument("key")
    given = parser.parse_args()
    asyncio.run(_serve(given.upstream, given.source, given.certificate, given.key))
