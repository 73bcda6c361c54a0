"""Drives a server with the stock PyKMIP client and prints one JSON line for each check.

usage: client.py HOST PORT CA CERT KEY VERSION

Each line is {"check": NAME, "ok": true} or {"check": NAME, "ok": false, "detail": TEXT}; the last one is {"done": COUNT}.
A line with "known" names a limit of PyKMIP itself: the check did what that limit predicts.
"""

import datetime
import json
import logging
import signal
import struct
import sys
import time
import traceback
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from kmip.core import enums, exceptions, objects, primitives
from kmip.core.attributes import Name
from kmip.core.factories.attributes import AttributeFactory
from kmip.core.messages import contents
from kmip.core.misc import KeyFormatType
from kmip.pie import client as pie
from kmip.pie import exceptions as pie_exceptions
from kmip.pie import objects as pie_objects

SECONDS_ALLOWED = 120

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


# Query and Discover Versions


def query(session, *functions):
    result = session.client.proxy.query(query_functions=list(functions))
    equal(result.result_status.value, enums.ResultStatus.SUCCESS, "status")
    return result


@check
def query_lists_operations_and_objects(session):
    result = query(
        session, enums.QueryFunction.QUERY_OPERATIONS, enums.QueryFunction.QUERY_OBJECTS
    )
    operations = {operation for operation in result.operations}
    wanted = {"CREATE", "REGISTER", "LOCATE", "GET", "GET_ATTRIBUTES", "GET_ATTRIBUTE_LIST"}
    wanted |= {"ADD_ATTRIBUTE", "MODIFY_ATTRIBUTE", "DELETE_ATTRIBUTE", "ACTIVATE", "REVOKE"}
    wanted |= {"DESTROY", "QUERY", "CHECK"}
    names = {operation.name for operation in operations}
    equal(wanted - names, set(), "operations that are missing")
    equal("DISCOVER_VERSIONS" in names, session.version != "1.0", "lists Discover Versions")
    equal("SET_ATTRIBUTE" in names, session.second, "lists Set Attribute")
    types = {kind.name for kind in result.object_types}
    wanted = {"CERTIFICATE", "SYMMETRIC_KEY", "PUBLIC_KEY", "PRIVATE_KEY", "SPLIT_KEY"}
    equal((wanted | {"SECRET_DATA", "OPAQUE_DATA"}) - types, set(), "object types that are missing")
    equal("TEMPLATE" in types, not session.second, "lists templates")


@check
def query_tells_about_the_server(session):
    result = query(session, enums.QueryFunction.QUERY_SERVER_INFORMATION)
    equal(isinstance(result.vendor_identification, str), True, "vendor is a text")


@check
def query_answers_every_function_of_the_version(session):
    functions = [enums.QueryFunction.QUERY_APPLICATION_NAMESPACES]
    since = [
        ("1.1", ["QUERY_EXTENSION_LIST", "QUERY_EXTENSION_MAP"]),
        ("1.2", ["QUERY_ATTESTATION_TYPES"]),
        ("1.3", ["QUERY_RNGS", "QUERY_VALIDATIONS", "QUERY_PROFILES", "QUERY_CAPABILITIES"]),
        ("1.3", ["QUERY_CLIENT_REGISTRATION_METHODS"]),
        ("2.0", ["QUERY_DEFAULTS_INFORMATION"]),
    ]
    for version, names in since:
        if session.version >= version:
            functions += [enums.QueryFunction[name] for name in names]
    for function in functions:
        query(session, function)
    query(session, *functions)


@check
def query_answers_about_protection_storage(session):
    if not session.second:
        return
    try:
        query(session, enums.QueryFunction.QUERY_STORAGE_PROTECTION_MASKS)
    except exceptions.StreamNotEmptyError:
        # KMIP 2.0 section 6.1.37: the answer holds the structure of section 7.27.
        raise Known("PyKMIP expects a bare mask instead of the structure Protection Storage Masks")


@check
def discover_versions(session):
    result = session.client.proxy.discover_versions()
    equal(result.result_status.value, enums.ResultStatus.SUCCESS, "status")
    listed = [(version.major, version.minor) for version in result.protocol_versions]
    equal(listed, sorted(listed, reverse=True), "descending order")
    equal(set(listed) >= {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (2, 0)}, True, "all are there")


@check
def discover_versions_answers_with_what_both_have(session):
    asked = [contents.ProtocolVersion(1, 0), contents.ProtocolVersion(1, 2)]
    result = session.client.proxy.discover_versions(protocol_versions=asked)
    listed = [(version.major, version.minor) for version in result.protocol_versions]
    equal(listed, [(1, 2), (1, 0)], "versions")


# Create and Register


@check
def create_makes_keys_of_the_wanted_length(session):
    for bits in (128, 192, 256):
        uid = session.key(bits=bits)
        key = session.client.get(uid)
        equal(isinstance(key, pie_objects.SymmetricKey), True, "is a symmetric key")
        equal(len(key.value) * 8, bits, "bits")
        equal(key.cryptographic_length, bits, "length")
        equal(key.cryptographic_algorithm, enums.CryptographicAlgorithm.AES, "algorithm")


@check
def create_gives_each_key_its_own_material(session):
    keys = {session.client.get(session.key()).value for _ in range(5)}
    equal(len(keys), 5, "different keys")


@check
def create_refuses_a_name_that_is_taken(session):
    name = session.name("twice")
    session.client.create(enums.CryptographicAlgorithm.AES, 128, name=name)
    refuses(
        lambda: session.client.create(enums.CryptographicAlgorithm.AES, 128, name=name),
        (R.INVALID_FIELD, R.NON_UNIQUE_NAME_ATTRIBUTE),
        session,
    )


@check
def create_takes_a_policy_name_and_a_mask(session):
    name = session.name("policy")
    mask = [enums.CryptographicUsageMask.MAC_GENERATE, enums.CryptographicUsageMask.MAC_VERIFY]
    uid = session.client.create(
        enums.CryptographicAlgorithm.HMAC_SHA256,
        256,
        operation_policy_name=None if session.second else "default",
        name=name,
        cryptographic_usage_mask=mask,
    )
    (value,) = session.values(uid, "Cryptographic Usage Mask")
    equal(value & 0x180, 0x180, "mask")


def symmetric_key(session):
    return pie_objects.SymmetricKey(
        enums.CryptographicAlgorithm.AES,
        128,
        bytes(range(16)),
        masks=[enums.CryptographicUsageMask.ENCRYPT, enums.CryptographicUsageMask.DECRYPT],
        name=session.name("symmetric"),
    )


def private_bytes(session, form):
    return session.rsa.private_bytes(
        serialization.Encoding.DER, form, serialization.NoEncryption()
    )


def private_key(session, form=enums.KeyFormatType.PKCS_8):
    encoding = {
        enums.KeyFormatType.PKCS_8: serialization.PrivateFormat.PKCS8,
        enums.KeyFormatType.PKCS_1: serialization.PrivateFormat.TraditionalOpenSSL,
    }[form]
    return pie_objects.PrivateKey(
        enums.CryptographicAlgorithm.RSA,
        2048,
        private_bytes(session, encoding),
        form,
        masks=[enums.CryptographicUsageMask.SIGN],
        name=session.name("private"),
    )


def public_key(session, form=enums.KeyFormatType.X_509):
    encoding = {
        enums.KeyFormatType.X_509: serialization.PublicFormat.SubjectPublicKeyInfo,
        enums.KeyFormatType.PKCS_1: serialization.PublicFormat.PKCS1,
    }[form]
    return pie_objects.PublicKey(
        enums.CryptographicAlgorithm.RSA,
        2048,
        session.rsa.public_key().public_bytes(serialization.Encoding.DER, encoding),
        form,
        masks=[enums.CryptographicUsageMask.VERIFY],
        name=session.name("public"),
    )


def certificate(session):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, session.name("certificate"))])
    begin = datetime.datetime(2024, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(session.rsa.public_key())
        .serial_number(4711)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=36500))
        .sign(session.rsa, hashes.SHA256())
    )
    return pie_objects.X509Certificate(
        made.public_bytes(serialization.Encoding.DER),
        masks=[enums.CryptographicUsageMask.VERIFY],
        name=session.name("certificate"),
    )


def secret_data(session):
    return pie_objects.SecretData(
        b"a secret that fits nowhere else",
        enums.SecretDataType.PASSWORD,
        masks=[enums.CryptographicUsageMask.VERIFY],
        name=session.name("secret"),
    )


def opaque_object(session):
    return pie_objects.OpaqueObject(
        b"\x00\xff opaque", enums.OpaqueDataType.NONE, name=session.name("opaque")
    )


def split_key(session):
    return pie_objects.SplitKey(
        cryptographic_algorithm=enums.CryptographicAlgorithm.AES,
        cryptographic_length=128,
        key_value=bytes(range(100, 116)),
        cryptographic_usage_masks=[enums.CryptographicUsageMask.ENCRYPT],
        name=session.name("split"),
        key_format_type=enums.KeyFormatType.RAW,
        split_key_parts=3,
        key_part_identifier=1,
        split_key_threshold=3,
        split_key_method=enums.SplitKeyMethod.XOR,
    )


OBJECTS = [
    symmetric_key,
    private_key,
    lambda session: private_key(session, enums.KeyFormatType.PKCS_1),
    public_key,
    lambda session: public_key(session, enums.KeyFormatType.PKCS_1),
    certificate,
    secret_data,
    opaque_object,
    split_key,
]


@check
def register_keeps_every_type_of_object(session):
    for make in OBJECTS:
        given = make(session)
        uid = session.client.register(given)
        got = session.client.get(uid)
        equal(type(got), type(given), "type")
        equal(got.value, given.value, "value of %s" % type(given).__name__)
        for field in ("cryptographic_algorithm", "cryptographic_length", "key_format_type"):
            if hasattr(given, field):
                equal(getattr(got, field), getattr(given, field), field)
        for field in ("split_key_parts", "key_part_identifier", "split_key_threshold"):
            if hasattr(given, field):
                equal(getattr(got, field), getattr(given, field), field)


@check
def register_takes_objects_without_name_or_mask(session):
    bare = pie_objects.SecretData(b"bare", enums.SecretDataType.SEED)
    bare.names = []
    uid = session.client.register(bare)
    equal(session.client.get(uid).value, b"bare", "value")


@check
def register_refuses_a_name_that_is_taken(session):
    given = secret_data(session)
    session.client.register(given)
    refuses(
        lambda: session.client.register(given),
        (R.INVALID_FIELD, R.NON_UNIQUE_NAME_ATTRIBUTE),
        session,
    )


# Get


@check
def get_returns_the_same_key_each_time(session):
    uid = session.key()
    equal(session.client.get(uid).value, session.client.get(uid).value, "material")


@check
def get_refuses_an_identifier_that_nobody_has(session):
    refuses(lambda: session.client.get("no-such-object"), NOT_FOUND, session)


@check
def get_refuses_a_format_that_does_not_fit(session):
    uid = session.key()
    wanted = KeyFormatType(enums.KeyFormatType.PKCS_8)
    result = session.client.proxy.get(uid, key_format_type=wanted)
    equal(result.result_status.value, enums.ResultStatus.OPERATION_FAILED, "status")
    equal(result.result_reason.value, R.KEY_FORMAT_TYPE_NOT_SUPPORTED, "reason")


# attributes


@check
def get_attributes_by_name(session):
    name = session.name("named")
    uid = session.client.create(enums.CryptographicAlgorithm.AES, 256, name=name)
    got, attributes = session.client.get_attributes(
        uid, ["Name", "Cryptographic Length", "State", "Object Type", "Unique Identifier"]
    )
    equal(got, uid, "identifier")
    shown = {a.attribute_name.value: a.attribute_value for a in attributes}
    equal(shown["Name"].name_value.value, name, "name")
    equal(shown["Cryptographic Length"].value, 256, "length")
    equal(shown["State"].value, enums.State.PRE_ACTIVE, "state")
    equal(shown["Object Type"].value, enums.ObjectType.SYMMETRIC_KEY, "type")
    equal(shown["Unique Identifier"].value, uid, "identifier as attribute")


@check
def get_attributes_leaves_out_what_is_not_there(session):
    uid = session.key()
    got, attributes = session.client.get_attributes(uid, ["Contact Information"])
    equal(got, uid, "identifier")
    equal(attributes, [], "attributes")


@check
def get_all_attributes_of_a_created_key(session):
    uid = session.key()
    try:
        _, attributes = session.client.get_attributes(uid)
    except struct.error as error:
        if session.version != "1.0":
            raise
        raise Known("PyKMIP reads the Key Format Type of a Digest in 1.0 too: %s" % error)
    except ValueError as error:
        if session.version < "1.2":
            raise
        raise Known("PyKMIP does not know an attribute of this version: %s" % error)
    names = {attribute.attribute_name.value for attribute in attributes}
    wanted = {"Unique Identifier", "Object Type", "Cryptographic Algorithm", "State", "Name"}
    wanted |= {"Cryptographic Length", "Cryptographic Usage Mask", "Digest", "Initial Date"}
    equal(wanted - names, set(), "attributes that are missing")


@check
def get_attribute_list(session):
    uid = session.key()
    try:
        names = session.client.get_attribute_list(uid)
    except ValueError as error:
        if not session.second:
            raise
        raise Known("PyKMIP does not know an attribute of this version: %s" % error)
    wanted = {"Unique Identifier", "Object Type", "State", "Name", "Cryptographic Length"}
    equal(wanted - set(names), set(), "names that are missing")


@check
def get_attributes_refuses_an_identifier_that_nobody_has(session):
    refuses(lambda: session.client.get_attributes("no-such-object", ["State"]), NOT_FOUND, session)
    refuses(lambda: session.client.get_attribute_list("no-such-object"), NOT_FOUND, session)


@check
def modify_a_name(session):
    uid = session.key()
    text = session.name("modified")
    if session.second:
        kind = enums.NameType.UNINTERPRETED_TEXT_STRING
        value = primitives_name(text, kind)
        got, _ = session.client.modify_attribute(
            uid, new_attribute=objects.NewAttribute(attribute=value)
        )
    else:
        changed = session.attribute(enums.AttributeType.NAME, text, 0)
        got, attribute = session.client.modify_attribute(uid, attribute=changed)
        equal(attribute.attribute_value.name_value.value, text, "attribute in the answer")
    equal(got, uid, "identifier")
    _, attributes = session.client.get_attributes(uid, ["Name"])
    equal([a.attribute_value.name_value.value for a in attributes], [text], "names")


def primitives_name(text, kind):
    return Name.create(text, kind)


@check
def modify_refuses_what_is_read_only(session):
    uid = session.key()
    if session.second:
        value = primitives.Enumeration(enums.State, enums.State.ACTIVE, tag=enums.Tags.STATE)
        change = dict(new_attribute=objects.NewAttribute(attribute=value))
    else:
        change = dict(attribute=session.attribute(enums.AttributeType.STATE, enums.State.ACTIVE))
    refuses(
        lambda: session.client.modify_attribute(uid, **change),
        (R.PERMISSION_DENIED, R.ATTRIBUTE_READ_ONLY),
        session,
    )


@check
def delete_a_name(session):
    text = session.name("deleted")
    uid = session.client.create(enums.CryptographicAlgorithm.AES, 128, name=text)
    if session.second:
        value = primitives_name(text, enums.NameType.UNINTERPRETED_TEXT_STRING)
        got, _ = session.client.delete_attribute(
            uid, current_attribute=objects.CurrentAttribute(attribute=value)
        )
    else:
        got, attribute = session.client.delete_attribute(
            uid, attribute_name="Name", attribute_index=0
        )
        equal(attribute.attribute_value.name_value.value, text, "attribute in the answer")
    equal(got, uid, "identifier")
    equal(session.values(uid, "Name"), [], "names")
    equal(session.locate(session.attribute(enums.AttributeType.NAME, text)), [], "found")


@check
def delete_refuses_what_is_always_there(session):
    uid = session.key()
    if session.second:
        value = primitives.Enumeration(enums.State, enums.State.PRE_ACTIVE, tag=enums.Tags.STATE)
        what = dict(current_attribute=objects.CurrentAttribute(attribute=value))
    else:
        what = dict(attribute_name="State")
    refuses(
        lambda: session.client.delete_attribute(uid, **what),
        (R.PERMISSION_DENIED, R.ATTRIBUTE_READ_ONLY),
        session,
    )


@check
def set_attribute(session):
    uid = session.key()
    call = lambda: session.client.set_attribute(
        uid, attribute_name="Contact Information", attribute_value="desk 1"
    )
    if not session.second:
        try:
            call()
        except exceptions.VersionNotSupported:
            raise Known("PyKMIP sends Set Attribute only in 2.0")
        raise AssertionError("it was sent")
    equal(call(), uid, "identifier")
    equal(session.values(uid, "Contact Information"), ["desk 1"], "value")


# Locate


@check
def locate_by_each_attribute(session):
    kinds = enums.AttributeType
    name = session.name("located")
    mask = [enums.CryptographicUsageMask.ENCRYPT, enums.CryptographicUsageMask.DECRYPT]
    uid = session.client.create(enums.CryptographicAlgorithm.AES, 192, name=name)
    named = session.attribute(kinds.NAME, name)
    filters = [
        (kinds.OBJECT_TYPE, enums.ObjectType.SYMMETRIC_KEY, enums.ObjectType.SECRET_DATA),
        (
            kinds.CRYPTOGRAPHIC_ALGORITHM,
            enums.CryptographicAlgorithm.AES,
            enums.CryptographicAlgorithm.TRIPLE_DES,
        ),
        (kinds.CRYPTOGRAPHIC_LENGTH, 192, 256),
        (kinds.CRYPTOGRAPHIC_USAGE_MASK, mask[:1], [enums.CryptographicUsageMask.SIGN]),
        (kinds.CRYPTOGRAPHIC_USAGE_MASK, mask, mask + [enums.CryptographicUsageMask.SIGN]),
        (kinds.STATE, enums.State.PRE_ACTIVE, enums.State.ACTIVE),
        (kinds.UNIQUE_IDENTIFIER, uid, "no-such-object"),
    ]
    equal(session.locate(named), [uid], "by name")
    equal(session.locate(session.attribute(kinds.NAME, name + "?")), [], "by another name")
    for kind, right, wrong in filters:
        equal(session.locate(named, session.attribute(kind, right)), [uid], kind.value)
        equal(session.locate(named, session.attribute(kind, wrong)), [], "other " + kind.value)


@check
def locate_by_group_and_application(session):
    kinds = enums.AttributeType
    factory = AttributeFactory()
    group = session.name("group")
    data = {"application_namespace": "pykmip", "application_data": session.name("data")}
    other = {"application_namespace": "pykmip", "application_data": "other"}
    given = secret_data(session)
    template = objects.TemplateAttribute(
        attributes=[
            factory.create_attribute(kinds.OBJECT_GROUP, group),
            factory.create_attribute(kinds.APPLICATION_SPECIFIC_INFORMATION, data),
            factory.create_attribute(
                kinds.CRYPTOGRAPHIC_USAGE_MASK, [enums.CryptographicUsageMask.VERIFY]
            ),
        ]
    )
    secret = session.client.object_factory.convert(given)
    result = session.client.proxy.register(enums.ObjectType.SECRET_DATA, template, secret)
    equal(result.result_status.value, enums.ResultStatus.SUCCESS, "status")
    grouped = session.attribute(kinds.OBJECT_GROUP, group)
    equal(session.locate(grouped), [result.uuid], "by group")
    kind = kinds.APPLICATION_SPECIFIC_INFORMATION
    equal(session.locate(grouped, session.attribute(kind, data)), [result.uuid], "by data")
    equal(session.locate(grouped, session.attribute(kind, other)), [], "by other data")


@check
def locate_by_certificate_type(session):
    kinds = enums.AttributeType
    given = certificate(session)
    uid = session.client.register(given)
    right = session.attribute(kinds.CERTIFICATE_TYPE, enums.CertificateType.X_509)
    wrong = session.attribute(kinds.CERTIFICATE_TYPE, enums.CertificateType.PGP)
    named = session.attribute(kinds.NAME, given.names[0])
    if session.second:
        # PyKMIP 0.10 cannot write the Certificate Type of 2.0.
        equal(session.locate(named), [uid], "by name")
        return
    equal(session.locate(named, right), [uid], "by type")
    equal(session.locate(named, wrong), [], "by another type")


@check
def locate_by_initial_date(session):
    kinds = enums.AttributeType
    given = secret_data(session)
    uid = session.client.register(given)
    named = session.attribute(kinds.NAME, given.names[0])
    now = int(time.time())
    date = lambda seconds: session.attribute(kinds.INITIAL_DATE, now + seconds)
    equal(session.locate(named, date(-60), date(60)), [uid], "in the range")
    equal(session.locate(named, date(-600), date(-60)), [], "before the range")
    equal(session.locate(named, date(-600)), [], "at another date")


@check
def locate_newest_first_in_pages(session):
    group = session.name("pages")
    factory = AttributeFactory()
    made = []
    for _ in range(5):
        secret = session.client.object_factory.convert(secret_data(session))
        template = objects.TemplateAttribute(
            attributes=[
                factory.create_attribute(enums.AttributeType.OBJECT_GROUP, group),
                factory.create_attribute(
                    enums.AttributeType.CRYPTOGRAPHIC_USAGE_MASK,
                    [enums.CryptographicUsageMask.VERIFY],
                ),
            ]
        )
        made.append(
            session.client.proxy.register(enums.ObjectType.SECRET_DATA, template, secret).uuid
        )
    newest = list(reversed(made))
    grouped = session.attribute(enums.AttributeType.OBJECT_GROUP, group)
    equal(session.locate(grouped), newest, "all")
    equal(session.locate(grouped, maximum_items=2), newest[:2], "first page")
    equal(session.locate(grouped, maximum_items=2, offset_items=2), newest[2:4], "second page")
    equal(session.locate(grouped, maximum_items=2, offset_items=4), newest[4:], "last page")
    equal(session.locate(grouped, maximum_items=2, offset_items=6), [], "empty page")


@check
def locate_without_filters_and_with_a_storage_mask(session):
    uid = session.key()
    equal(uid in session.client.locate(), True, "is among all")
    online = enums.StorageStatusMask.ONLINE_STORAGE.value
    archived = enums.StorageStatusMask.ARCHIVAL_STORAGE.value
    equal(uid in session.client.locate(storage_status_mask=online), True, "is online")
    equal(uid in session.client.locate(storage_status_mask=archived), False, "is archived")


# states


@check
def a_key_lives_and_dies(session):
    name = session.name("life")
    uid = session.client.create(enums.CryptographicAlgorithm.AES, 256, name=name)
    state = lambda: session.values(uid, "State")
    equal(state(), [enums.State.PRE_ACTIVE], "first")
    session.client.activate(uid)
    equal(state(), [enums.State.ACTIVE], "after Activate")
    refuses(
        lambda: session.client.activate(uid),
        (R.PERMISSION_DENIED, R.WRONG_KEY_LIFECYCLE_STATE),
        session,
    )
    try:
        session.client.destroy(uid)
        raise AssertionError("an Active key was destroyed")
    except pie_exceptions.KmipOperationFailure as failure:
        allowed = (R.PERMISSION_DENIED, R.WRONG_KEY_LIFECYCLE_STATE)
        equal(failure.reason in allowed, True, "reason %s" % failure.reason)
    session.client.revoke(enums.RevocationReasonCode.CESSATION_OF_OPERATION, uid)
    equal(state(), [enums.State.DEACTIVATED], "after Revoke")
    session.client.destroy(uid)
    equal(state(), [enums.State.DESTROYED], "after Destroy")
    equal(session.locate(session.attribute(enums.AttributeType.NAME, name)), [], "found")
    try:
        session.client.get(uid)
        raise AssertionError("a destroyed key was returned")
    except pie_exceptions.KmipOperationFailure:
        pass


@check
def a_compromised_key_is_known_as_such(session):
    uid = session.key()
    when = int(time.time()) - 3600
    session.client.revoke(
        enums.RevocationReasonCode.KEY_COMPROMISE, uid, "left on a train", when
    )
    equal(session.values(uid, "State"), [enums.State.COMPROMISED], "state")
    equal(session.values(uid, "Compromise Occurrence Date"), [when], "date")
    session.client.destroy(uid)
    equal(session.values(uid, "State"), [enums.State.DESTROYED_COMPROMISED], "state")


@check
def states_refuse_an_identifier_that_nobody_has(session):
    client = session.client
    for call in (
        lambda: client.activate("no-such-object"),
        lambda: client.revoke(enums.RevocationReasonCode.UNSPECIFIED, "no-such-object"),
        lambda: client.destroy("no-such-object"),
    ):
        refuses(call, NOT_FOUND, session)


@check
def a_key_that_was_never_active_can_be_destroyed(session):
    uid = session.key()
    session.client.destroy(uid)
    equal(session.values(uid, "State"), [enums.State.DESTROYED], "state")


@check
def check_says_what_a_key_may_do(session):
    uid = session.key()
    masks = enums.CryptographicUsageMask
    equal(session.client.check(uid, cryptographic_usage_mask=[masks.ENCRYPT]), uid, "identifier")
    refuses(
        lambda: session.client.check(uid, cryptographic_usage_mask=[masks.SIGN]),
        (R.PERMISSION_DENIED, R.INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK),
        session,
    )


# connections


@check
def a_user_name_and_password_may_come_along(session):
    client = session.connect(username="somebody", password="something")
    try:
        uid = client.create(enums.CryptographicAlgorithm.AES, 128, name=session.name("credential"))
        equal(len(client.get(uid).value), 16, "bytes")
    finally:
        client.close()


@check
def each_operation_may_have_its_own_connection(session):
    uid = session.key()
    for _ in range(3):
        client = session.connect()
        try:
            equal(len(client.get(uid).value), 32, "bytes")
        finally:
            client.close()


def run(session):
    for function in CHECKS:
        line = {"check": function.__name__, "ok": True}
        try:
            session.client = session.connect()
            try:
                function(session)
            finally:
                session.client.close()
        except Known as known:
            line["known"] = str(known)
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            line["ok"] = False
            line["detail"] = "%s: %s (%s:%d)" % (
                type(error).__name__,
                error,
                place.filename.rsplit("/", 1)[-1],
                place.lineno,
            )
        print(json.dumps(line), flush=True)
    print(json.dumps({"done": len(CHECKS)}), flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 7 or sys.argv[6] not in VERSIONS:
        sys.exit(__doc__)
    logging.disable(logging.CRITICAL)
    signal.alarm(SECONDS_ALLOWED)
    run(Session(*sys.argv[1:]))
