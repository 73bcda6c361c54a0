"""Create, Register and Get."""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from kmip.core import enums
from kmip.core.misc import KeyFormatType
from kmip.pie import objects as pie_objects

from session import NOT_FOUND, R, check, equal, refuses


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
