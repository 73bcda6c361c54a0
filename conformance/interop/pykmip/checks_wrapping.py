"""Get with a Key Wrapping Specification, and Register of wrapped keys."""

from kmip.core import enums
from kmip.core.exceptions import ReadValueError
from kmip.pie import objects as pie_objects

from session import Known, R, check, equal, refuses

KEK = bytes(range(16))
KEY = bytes.fromhex("00112233445566778899aabbccddeeff")
# RFC 3394 section 4.1
WRAPPED = bytes.fromhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")


def register(session, text, value, masks, **more):
    return session.client.register(
        pie_objects.SymmetricKey(
            enums.CryptographicAlgorithm.AES,
            128,
            value,
            masks=masks,
            name=session.name(text),
            **more
        )
    )


def wrapper(session):
    uid = register(session, "kek", KEK, [enums.CryptographicUsageMask.WRAP_KEY])
    session.client.activate(uid)
    return uid


def wrapping(uid, **more):
    return dict(
        wrapping_method=enums.WrappingMethod.ENCRYPT,
        encryption_key_information={
            "unique_identifier": uid,
            "cryptographic_parameters": {
                "block_cipher_mode": enums.BlockCipherMode.NIST_KEY_WRAP
            },
        },
        encoding_option=enums.EncodingOption.NO_ENCODING,
        **more
    )


@check
def get_wraps_a_key_under_a_key_that_has_no_parameters(session):
    kek = wrapper(session)
    uid = register(session, "key", KEY, [enums.CryptographicUsageMask.ENCRYPT])
    try:
        session.client.get(uid, wrapping(kek))
    except ReadValueError:
        raise Known("it reads no wrapped Key Value that is a byte string")
    raise AssertionError("PyKMIP has learned to read byte strings: make this a check")


@check
def get_wraps_a_key_anew_that_was_registered_wrapped(session):
    kek = wrapper(session)
    masks = [enums.CryptographicUsageMask.ENCRYPT]
    uid = register(session, "wrapped", WRAPPED, masks, key_wrapping_data=wrapping(kek))
    key = session.client.get(uid, wrapping(kek))
    equal(key.value, WRAPPED, "wrapped key")
    told = key.key_wrapping_data
    equal(told["wrapping_method"], enums.WrappingMethod.ENCRYPT, "method")
    information = told["encryption_key_information"]
    equal(information["unique_identifier"], kek, "wrapping key")
    equal(
        information["cryptographic_parameters"]["block_cipher_mode"],
        enums.BlockCipherMode.NIST_KEY_WRAP,
        "mode",
    )


@check
def get_refuses_to_wrap_under_a_key_that_is_not_active(session):
    kek = register(session, "kek", KEK, [enums.CryptographicUsageMask.WRAP_KEY])
    uid = register(session, "key", KEY, [enums.CryptographicUsageMask.ENCRYPT])
    refuses(
        lambda: session.client.get(uid, wrapping(kek)),
        (R.PERMISSION_DENIED, R.PERMISSION_DENIED),
        session,
    )


@check
def register_keeps_a_wrapped_key_as_it_came(session):
    kek = wrapper(session)
    masks = [enums.CryptographicUsageMask.ENCRYPT]
    uid = register(session, "wrapped", WRAPPED, masks, key_wrapping_data=wrapping(kek))
    key = session.client.get(uid)
    equal(key.value, WRAPPED, "wrapped key")
    information = key.key_wrapping_data["encryption_key_information"]
    equal(information["unique_identifier"], kek, "wrapping key")
