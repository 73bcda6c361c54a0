"""Attributes: get, modify, delete, set."""

import struct

from kmip.core import enums, exceptions, objects, primitives
from kmip.core.attributes import Name

from session import NOT_FOUND, Known, R, check, equal, refuses


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
