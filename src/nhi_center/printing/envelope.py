"""CMS for the ward's certificate (RFC 5652): what the private key alone opens, whichever program holds it (``openssl cms``)."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options


def envelope(data: bytes, certificate: bytes) -> bytes:
    """EnvelopedData (DER) under AES-256-CBC, the key for it by RSA (PKCS #1 v1.5) to this certificate (DER).

    The library writes neither AuthEnvelopedData (RFC 5083) nor RSA-OAEP nor a key agreement by elliptic curves: that nothing was
    changed is told by the signed manifest beside it, so it must be checked before the envelope is opened. Raises ValueError or
    TypeError for what is no RSA certificate.
    """
    builder = PKCS7EnvelopeBuilder().set_data(data).set_content_encryption_algorithm(algorithms.AES256)
    recipient = x509.load_der_x509_certificate(certificate)
    return builder.add_recipient(recipient).encrypt(Encoding.DER, [PKCS7Options.Binary])
