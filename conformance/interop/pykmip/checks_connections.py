"""Connections and credentials."""

from kmip.core import enums

from session import check, equal


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
