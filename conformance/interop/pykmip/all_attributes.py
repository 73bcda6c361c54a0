"""Asks for all attributes of a key and of a key pair with the stock PyKMIP client, and prints their names as JSON.

usage: all_attributes.py HOST PORT CA CERT KEY VERSION

PyKMIP gives up an answer with an attribute that it does not know; whatever it raises ends this script with its trace.
"""

import json
import logging
import sys

from kmip.core import enums

from session import VERSIONS, Session


def names_of(client, uid):
    _, attributes = client.get_attributes(uid)
    listed = client.get_attribute_list(uid)
    shown = {attribute.attribute_name.value for attribute in attributes}
    return {"shown": sorted(shown), "listed": sorted(set(listed))}


def main(session):
    client = session.client = session.connect()
    try:
        uids = [session.key()]
        uids += client.create_key_pair(enums.CryptographicAlgorithm.RSA, 2048)
        client.activate(uids[0])
        client.revoke(enums.RevocationReasonCode.CESSATION_OF_OPERATION, uids[0])
        print(json.dumps([names_of(client, uid) for uid in uids]))
    finally:
        client.close()


if __name__ == "__main__":
    if len(sys.argv) != 7 or sys.argv[6] not in VERSIONS:
        sys.exit(__doc__)
    logging.disable(logging.CRITICAL)
    main(Session(*sys.argv[1:]))
