"""States: Activate, Revoke, Destroy, Check."""

import time

from kmip.core import enums
from kmip.pie import exceptions as pie_exceptions

from session import NOT_FOUND, R, check, equal, refuses


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
