"""Create Key Pair, Re-key and Derive Key; what is derived is compared with what Python derives."""

import hashlib
import hmac
import time

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_der_public_key
from kmip.core import enums
from kmip.pie import objects as pie_objects

from session import NOT_FOUND, Known, R, check, equal, refuses

MASK = enums.CryptographicUsageMask


def key_pair(session, algorithm=enums.CryptographicAlgorithm.RSA, bits=2048):
    return session.client.create_key_pair(
        algorithm,
        bits,
        public_name=session.name("public"),
        public_usage_mask=[MASK.VERIFY],
        private_name=session.name("private"),
        private_usage_mask=[MASK.SIGN],
    )


@check
def create_key_pair_makes_two_halves_that_fit(session):
    public_uid, private_uid = key_pair(session)
    public = session.client.get(public_uid)
    private = session.client.get(private_uid)
    equal(isinstance(public, pie_objects.PublicKey), True, "is a public key")
    equal(isinstance(private, pie_objects.PrivateKey), True, "is a private key")
    equal(public.cryptographic_algorithm, enums.CryptographicAlgorithm.RSA, "algorithm")
    equal(private.cryptographic_length, 2048, "length")
    loaded = load_der_private_key(private.value, None)
    # A PKCS#1 key is an RSAPublicKey, which the loader takes as well.
    equal(
        load_der_public_key(public.value).public_numbers(),
        loaded.public_key().public_numbers(),
        "numbers",
    )
    (mask,) = session.values(private_uid, "Cryptographic Usage Mask")
    equal(mask & MASK.SIGN.value, MASK.SIGN.value, "mask of the private key")
    (mask,) = session.values(public_uid, "Cryptographic Usage Mask")
    equal(mask & MASK.VERIFY.value, MASK.VERIFY.value, "mask of the public key")


@check
def create_key_pair_refuses_a_length_that_rsa_does_not_have(session):
    try:
        key_pair(session, bits=17)
    except Exception as failure:
        equal(getattr(failure, "reason", failure), R.INVALID_FIELD, "reason")
        return
    raise AssertionError("it was not refused")


@check
def rekey_gives_the_names_to_a_new_key(session):
    name = session.name("rekeyed")
    old = session.client.create(enums.CryptographicAlgorithm.AES, 256, name=name)
    session.client.activate(old)
    new = session.client.rekey(uid=old, offset=0)
    equal(new == old, False, "is the same key")
    equal(session.client.get(new).value == session.client.get(old).value, False, "same material")
    equal(session.locate(session.attribute(enums.AttributeType.NAME, name)), [new], "found by name")
    equal(session.values(new, "Cryptographic Length"), [256], "length")
    equal(session.values(new, "State"), [enums.State.ACTIVE], "state")


@check
def rekey_takes_dates(session):
    old = session.key()
    session.client.activate(old)
    end = int(time.time()) + 86400
    new = session.client.rekey(uid=old, deactivation_date=end)
    dates = session.values(new, "Deactivation Date")
    if session.second:
        equal(dates, [], "deactivation date")
        raise Known("PyKMIP sends the dates in a Template-Attribute, which 2.0 does not have")
    equal(dates, [end], "deactivation date")


@check
def rekey_refuses_an_identifier_that_nobody_has(session):
    refuses(lambda: session.client.rekey(uid="no-such-object"), NOT_FOUND, session)


def base_key(session, value, masks=(MASK.DERIVE_KEY,)):
    uid = session.client.register(
        pie_objects.SymmetricKey(
            enums.CryptographicAlgorithm.AES,
            len(value) * 8,
            value,
            masks=list(masks),
            name=session.name("base"),
        )
    )
    session.client.activate(uid)
    return uid


def derive(session, base, method, parameters, bits=128):
    return session.client.derive_key(
        enums.ObjectType.SYMMETRIC_KEY,
        [base],
        method,
        parameters,
        cryptographic_length=bits,
        cryptographic_algorithm=enums.CryptographicAlgorithm.AES,
        cryptographic_usage_mask=[MASK.ENCRYPT, MASK.DECRYPT],
    )


KEY = bytes(range(16))
SHA_256 = {"hashing_algorithm": enums.HashingAlgorithm.SHA_256}
METHODS = enums.DerivationMethod


@check
def derive_key_by_a_hash_and_by_hmac(session):
    base = base_key(session, KEY)
    # Either a key or data is hashed, not both (KMIP 1.4 section 4.6).
    hashed = derive(session, base, METHODS.HASH, {"cryptographic_parameters": SHA_256})
    equal(session.client.get(hashed).value, hashlib.sha256(KEY).digest()[:16], "by HASH")
    macced = derive(
        session,
        base,
        METHODS.HMAC,
        {"cryptographic_parameters": SHA_256, "derivation_data": b"some data"},
        bits=256,
    )
    expected = hmac.new(KEY, b"some data", hashlib.sha256).digest()
    equal(session.client.get(macced).value, expected, "by HMAC")


@check
def derive_key_by_encryption(session):
    base = base_key(session, KEY)
    data = bytes(range(100, 132))
    uid = derive(
        session,
        base,
        METHODS.ENCRYPT,
        {
            "cryptographic_parameters": {
                "block_cipher_mode": enums.BlockCipherMode.CBC,
                "padding_method": enums.PaddingMethod.PKCS5,
                "cryptographic_algorithm": enums.CryptographicAlgorithm.AES,
            },
            "initialization_vector": KEY,
            "derivation_data": data,
        },
        bits=256,
    )
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(KEY)).encryptor()
    equal(session.client.get(uid).value, encryptor.update(data), "by ENCRYPT")


@check
def derive_key_by_pbkdf2_from_a_password(session):
    secret = pie_objects.SecretData(
        b"a password",
        enums.SecretDataType.PASSWORD,
        masks=[MASK.DERIVE_KEY],
        name=session.name("password"),
    )
    base = session.client.register(secret)
    session.client.activate(base)
    uid = derive(
        session,
        base,
        METHODS.PBKDF2,
        {"cryptographic_parameters": SHA_256, "salt": b"some salt", "iteration_count": 1000},
        bits=256,
    )
    expected = hashlib.pbkdf2_hmac("sha256", b"a password", b"some salt", 1000)
    equal(session.client.get(uid).value, expected, "by PBKDF2")


@check
def derive_key_refuses_a_key_that_is_not_for_it(session):
    base = base_key(session, KEY, masks=[MASK.ENCRYPT])
    parameters = {"cryptographic_parameters": SHA_256, "derivation_data": b"some data"}
    refuses(
        lambda: derive(session, base, METHODS.HMAC, parameters),
        (R.INVALID_FIELD, R.INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK),
        session,
    )
    refuses(
        lambda: derive(session, "no-such-object", METHODS.HMAC, parameters), NOT_FOUND, session
    )
