"""The portal's certificates at fixed addresses, for readers of its documents anywhere."""

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from hmis_portal.signing.models import SealKey
from hmis_portal.signing.sealing import certificates, revocation


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def root_certificate(request: HttpRequest) -> HttpResponse:
    """The root, DER, as Adobe Reader and operating systems import it."""
    return _certificate(x509.load_pem_x509_certificates(_key().chain.encode())[-1], "portal-root.crt")


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def authority_certificate(request: HttpRequest) -> HttpResponse:
    return _certificate(certificates.from_pem(_key().certificate), "portal-authority.crt")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def revocation_list(request: HttpRequest, serial: str = "") -> HttpResponse:
    """An authority's list of one-time certificates that must no longer be trusted; also of an earlier authority."""
    return _list(revocation.revocation_list(serial), f"{serial or 'authority'}.crl")


@login_not_required
@require_safe
@cache_control(no_cache=True)
def root_list(request: HttpRequest) -> HttpResponse:
    """The root's list of authorities whose key is revoked."""
    return _list(revocation.root_list(), "root.crl")


def _key() -> SealKey:
    key = revocation.newest_key()
    if key is None:
        raise Http404
    return key


def _certificate(certificate: x509.Certificate, name: str) -> HttpResponse:
    return _download(certificate.public_bytes(Encoding.DER), "application/x-x509-ca-cert", name)


def _list(data: bytes | None, name: str) -> HttpResponse:
    if data is None:
        raise Http404
    return _download(data, "application/pkix-crl", name)


def _download(data: bytes, content_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
