"""Drives a server with the stock PyKMIP client and prints one JSON line for each check.

usage: client.py HOST PORT CA CERT KEY VERSION

Each line is {"check": NAME, "ok": true} or {"check": NAME, "ok": false, "detail": TEXT}; the last one is {"done": COUNT}.
A line with "known" names a limit of PyKMIP itself: the check did what that limit predicts.
"""

import importlib
import json
import logging
import signal
import sys
import traceback

from session import CHECKS, VERSIONS, Known, Session

# Importing a module registers its checks, in this order.
MODULES = ["query", "objects", "attributes", "locate", "states", "wrapping", "keys"]
MODULES += ["cryptography", "connections"]
SECONDS_ALLOWED = 120


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
    for module in MODULES:
        importlib.import_module("checks_" + module)
    logging.disable(logging.CRITICAL)
    signal.alarm(SECONDS_ALLOWED)
    run(Session(*sys.argv[1:]))
