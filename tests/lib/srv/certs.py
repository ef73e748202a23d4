"""A throw-away certificate authority and a server certificate for localhost and 127.0.0.1."""

from pathlib import Path

from .place import run


def make(directory: Path, owner: str | None = None) -> None:
    """Writes ca.pem, server-cert.pem and server-key.pem."""
    directory.mkdir(parents=True, exist_ok=True)
    ca_key, ca = directory / "ca-key.pem", directory / "ca.pem"
    key, request, cert = (directory / n for n in ("server-key.pem", "server.csr", "server-cert.pem"))
    extensions = directory / "server.ext"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    run(["openssl", "req", "-x509", *curve, "-days", "30", "-subj", "/CN=godwit test CA",
         "-keyout", ca_key, "-out", ca])
    run(["openssl", "req", *curve, "-subj", "/CN=localhost", "-keyout", key, "-out", request])
    run(["openssl", "x509", "-req", "-days", "30", "-in", request, "-CA", ca, "-CAkey", ca_key,
         "-CAcreateserial", "-extfile", extensions, "-out", cert])
    key.chmod(0o600)
    if owner:
        run(["chown", "-R", owner, directory])
