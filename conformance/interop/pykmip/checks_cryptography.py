"""Encrypt, Decrypt, Sign, Signature Verify and MAC, since 1.2; results are compared with what Python computes."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from kmip.core import enums
from kmip.pie import objects as pie_objects

from checks_objects import private_key, public_key
from session import NOT_FOUND, R, check, equal, refuses

MASK = enums.CryptographicUsageMask
KEY = bytes(range(16))
IV = bytes(range(50, 66))
TEXT = b"what nobody else may read"
CBC = {
    "block_cipher_mode": enums.BlockCipherMode.CBC,
    "padding_method": enums.PaddingMethod.PKCS5,
    "cryptographic_algorithm": enums.CryptographicAlgorithm.AES,
}
RSA_SHA_256 = {
    "padding_method": enums.PaddingMethod.PKCS1v15,
    "hashing_algorithm": enums.HashingAlgorithm.SHA_256,
    "cryptographic_algorithm": enums.CryptographicAlgorithm.RSA,
}


def since_1_2(function):
    """Before 1.2 there are no such operations, which PyKMIP sends all the same: each must be refused."""

    def run(session):
        if session.version >= "1.2":
            function(session)
            return
        uid = active_key(session)
        for call in (
            lambda: session.client.encrypt(TEXT, uid, CBC, IV),
            lambda: session.client.decrypt(TEXT, uid, CBC, IV),
            lambda: session.client.sign(TEXT, uid, RSA_SHA_256),
            lambda: session.client.signature_verify(TEXT, TEXT, uid, RSA_SHA_256),
            lambda: session.client.mac(TEXT, uid, enums.CryptographicAlgorithm.HMAC_SHA256),
        ):
            refuses(call, (R.OPERATION_NOT_SUPPORTED, R.OPERATION_NOT_SUPPORTED), session)

    run.__name__ = function.__name__
    return check(run)


def active_key(session, masks=(MASK.ENCRYPT, MASK.DECRYPT), value=KEY, algorithm="AES"):
    uid = session.client.register(
        pie_objects.SymmetricKey(
            enums.CryptographicAlgorithm[algorithm],
            len(value) * 8,
            value,
            masks=list(masks),
            name=session.name("cryptography"),
        )
    )
    session.client.activate(uid)
    return uid


def encrypted(text):
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(KEY), modes.CBC(IV)).encryptor()
    return encryptor.update(padder.update(text) + padder.finalize()) + encryptor.finalize()


@since_1_2
def encrypt_and_decrypt_with_a_given_iv(session):
    uid = active_key(session)
    data, iv = session.client.encrypt(TEXT, uid, CBC, IV)
    equal(data, encrypted(TEXT), "what was encrypted")
    equal(iv, None, "IV in the answer")
    equal(session.client.decrypt(data, uid, CBC, IV), TEXT, "what was decrypted")


@since_1_2
def encrypt_with_an_iv_of_the_server(session):
    uid = active_key(session)
    data, iv = session.client.encrypt(TEXT, uid, dict(CBC, random_iv=True))
    equal(len(iv), 16, "length of the IV")
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(iv)).decryptor()
    unpadder = padding.PKCS7(128).unpadder()
    plain = unpadder.update(decryptor.update(data)) + unpadder.finalize()
    equal(plain, TEXT, "what Python decrypts")
    equal(session.client.decrypt(data, uid, CBC, iv), TEXT, "what the server decrypts")


@since_1_2
def encrypt_refuses_keys_that_are_not_for_it(session):
    uid = active_key(session, masks=[MASK.DECRYPT])
    refuses(
        lambda: session.client.encrypt(TEXT, uid, CBC, IV),
        (R.PERMISSION_DENIED, R.INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK),
        session,
    )
    unused = session.key()
    refuses(
        lambda: session.client.encrypt(TEXT, unused, CBC, IV),
        # KMIP 2.0 profiles, CS-BC-M-7: in 2.0 too.
        (R.PERMISSION_DENIED, R.PERMISSION_DENIED),
        session,
    )
    refuses(lambda: session.client.encrypt(TEXT, "no-such-object", CBC, IV), NOT_FOUND, session)


@since_1_2
def decrypt_refuses_what_has_no_padding(session):
    uid = active_key(session)
    without = dict(CBC, padding_method=enums.PaddingMethod.NONE)
    data, _ = session.client.encrypt(bytes(16), uid, without, IV)
    refuses(
        lambda: session.client.decrypt(data, uid, CBC, IV),
        (R.CRYPTOGRAPHIC_FAILURE, R.CRYPTOGRAPHIC_FAILURE),
        session,
    )


@since_1_2
def sign_and_verify(session):
    private = session.client.register(private_key(session))
    public = session.client.register(public_key(session))
    session.client.activate(private)
    session.client.activate(public)
    signature = session.client.sign(TEXT, private, RSA_SHA_256)
    # Raises where the signature is none.
    session.rsa.public_key().verify(signature, TEXT, rsa_padding.PKCS1v15(), hashes.SHA256())
    verify = lambda text, what: session.client.signature_verify(text, what, public, RSA_SHA_256)
    equal(verify(TEXT, signature), enums.ValidityIndicator.VALID, "of the server's signature")
    made = session.rsa.sign(TEXT, rsa_padding.PKCS1v15(), hashes.SHA256())
    equal(verify(TEXT, made), enums.ValidityIndicator.VALID, "of Python's signature")
    equal(verify(TEXT + b"?", made), enums.ValidityIndicator.INVALID, "of another text")


@since_1_2
def sign_refuses_keys_that_are_not_for_it(session):
    uid = active_key(session)
    try:
        session.client.sign(TEXT, uid, RSA_SHA_256)
    except Exception as failure:
        allowed = (R.PERMISSION_DENIED, R.INVALID_OBJECT_TYPE, R.INVALID_FIELD)
        allowed += (R.INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK, R.ILLEGAL_OBJECT_TYPE)
        equal(getattr(failure, "reason", failure) in allowed, True, "reason %s" % failure)
        return
    raise AssertionError("it was not refused")


@since_1_2
def mac_by_hmac(session):
    algorithm = enums.CryptographicAlgorithm.HMAC_SHA256
    uid = active_key(session, [MASK.MAC_GENERATE, MASK.MAC_VERIFY], bytes(32), "HMAC_SHA256")
    got, data = session.client.mac(TEXT, uid, algorithm)
    equal(got, uid, "identifier")
    equal(data, hmac.new(bytes(32), TEXT, hashlib.sha256).digest(), "MAC")
    other = active_key(session)
    refuses(
        lambda: session.client.mac(TEXT, other, algorithm),
        (R.PERMISSION_DENIED, R.INCOMPATIBLE_CRYPTOGRAPHIC_USAGE_MASK),
        session,
    )
