"""What all checks share: a session with the server, how to register a check, and what a check may raise."""

import uuid

from cryptography.hazmat.primitives.asymmetric import rsa
from kmip.core import enums, exceptions
from kmip.core.factories.attributes import AttributeFactory
from kmip.pie import client as pie
from kmip.pie import exceptions as pie_exceptions

VERSIONS = {
    "1.0": enums.KMIPVersion.KMIP_1_0,
    "1.1": enums.KMIPVersion.KMIP_1_1,
    "1.2": enums.KMIPVersion.KMIP_1_2,
    "1.3": enums.KMIPVersion.KMIP_1_3,
    "1.4": enums.KMIPVersion.KMIP_1_4,
    "2.0": enums.KMIPVersion.KMIP_2_0,
}

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Known(Exception):
    """A limit of PyKMIP was met, as expected."""


class Session:
    """What the checks share: a connection, the version, and fresh names."""

    def __init__(self, host, port, ca, cert, key, version):
        self.where = dict(hostname=host, port=int(port), ca=ca, cert=cert, key=key)
        self.version = version
        self.second = version >= "2.0"
        self.client = None
        self.count = 0
        self.run = uuid.uuid4().hex[:8]
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def connect(self, **more):
        client = pie.ProxyKmipClient(
            ssl_version="PROTOCOL_SSLv23",
            kmip_version=VERSIONS[self.version],
            **self.where,
            **more
        )
        client.open()
        client.proxy.socket.settimeout(10)
        return client

    def name(self, text):
        self.count += 1
        return "pykmip %s %s %s %d" % (self.version, self.run, text, self.count)

    def key(self, text="key", bits=256):
        return self.client.create(
            enums.CryptographicAlgorithm.AES, bits, name=self.name(text)
        )

    def attribute(self, kind, value, index=None):
        return AttributeFactory().create_attribute(kind, value, index)

    def locate(self, *attributes, **more):
        return self.client.locate(attributes=list(attributes), **more)

    def values(self, uid, *names):
        _, attributes = self.client.get_attributes(uid, list(names))
        return [attribute.attribute_value.value for attribute in attributes]


def equal(got, expected, what="value"):
    if got != expected:
        raise AssertionError("%s: expected %r, got %r" % (what, expected, got))


def refuses(call, reason, session):
    """The call must fail for one of these reasons: of 1.x, or of 2.0 where that has its own."""
    expected = reason[1] if session.second else reason[0]
    try:
        call()
    except (pie_exceptions.KmipOperationFailure, exceptions.OperationFailure) as failure:
        equal(failure.reason, expected, "reason")
        return
    raise AssertionError("it was not refused")


R = enums.ResultReason
NOT_FOUND = (R.ITEM_NOT_FOUND, R.OBJECT_NOT_FOUND)
