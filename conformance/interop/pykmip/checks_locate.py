"""Locate, by each attribute that PyKMIP can write."""

import time

from kmip.core import enums, objects
from kmip.core.factories.attributes import AttributeFactory

from checks_objects import certificate, secret_data
from session import check, equal


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
