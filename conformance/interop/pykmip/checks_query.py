"""Query and Discover Versions."""

from kmip.core import enums, exceptions
from kmip.core.messages import contents

from session import Known, check, equal


def query(session, *functions):
    result = session.client.proxy.query(query_functions=list(functions))
    equal(result.result_status.value, enums.ResultStatus.SUCCESS, "status")
    return result


@check
def query_lists_operations_and_objects(session):
    result = query(
        session, enums.QueryFunction.QUERY_OPERATIONS, enums.QueryFunction.QUERY_OBJECTS
    )
    operations = {operation for operation in result.operations}
    wanted = {"CREATE", "REGISTER", "LOCATE", "GET", "GET_ATTRIBUTES", "GET_ATTRIBUTE_LIST"}
    wanted |= {"ADD_ATTRIBUTE", "MODIFY_ATTRIBUTE", "DELETE_ATTRIBUTE", "ACTIVATE", "REVOKE"}
    wanted |= {"DESTROY", "QUERY", "CHECK"}
    names = {operation.name for operation in operations}
    equal(wanted - names, set(), "operations that are missing")
    equal("DISCOVER_VERSIONS" in names, session.version != "1.0", "lists Discover Versions")
    equal("SET_ATTRIBUTE" in names, session.second, "lists Set Attribute")
    types = {kind.name for kind in result.object_types}
    wanted = {"CERTIFICATE", "SYMMETRIC_KEY", "PUBLIC_KEY", "PRIVATE_KEY", "SPLIT_KEY"}
    equal((wanted | {"SECRET_DATA", "OPAQUE_DATA"}) - types, set(), "object types that are missing")
    equal("TEMPLATE" in types, not session.second, "lists templates")


@check
def query_tells_about_the_server(session):
    result = query(session, enums.QueryFunction.QUERY_SERVER_INFORMATION)
    equal(isinstance(result.vendor_identification, str), True, "vendor is a text")


@check
def query_answers_every_function_of_the_version(session):
    functions = [enums.QueryFunction.QUERY_APPLICATION_NAMESPACES]
    since = [
        ("1.1", ["QUERY_EXTENSION_LIST", "QUERY_EXTENSION_MAP"]),
        ("1.2", ["QUERY_ATTESTATION_TYPES"]),
        ("1.3", ["QUERY_RNGS", "QUERY_VALIDATIONS", "QUERY_PROFILES", "QUERY_CAPABILITIES"]),
        ("1.3", ["QUERY_CLIENT_REGISTRATION_METHODS"]),
        ("2.0", ["QUERY_DEFAULTS_INFORMATION"]),
    ]
    for version, names in since:
        if session.version >= version:
            functions += [enums.QueryFunction[name] for name in names]
    for function in functions:
        query(session, function)
    query(session, *functions)


@check
def query_answers_about_protection_storage(session):
    if not session.second:
        return
    try:
        query(session, enums.QueryFunction.QUERY_STORAGE_PROTECTION_MASKS)
    except exceptions.StreamNotEmptyError:
        # KMIP 2.0 section 6.1.37: the answer holds the structure of section 7.27.
        raise Known("PyKMIP expects a bare mask instead of the structure Protection Storage Masks")


@check
def discover_versions(session):
    result = session.client.proxy.discover_versions()
    equal(result.result_status.value, enums.ResultStatus.SUCCESS, "status")
    listed = [(version.major, version.minor) for version in result.protocol_versions]
    equal(listed, sorted(listed, reverse=True), "descending order")
    equal(set(listed) >= {(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (2, 0)}, True, "all are there")


@check
def discover_versions_answers_with_what_both_have(session):
    asked = [contents.ProtocolVersion(1, 0), contents.ProtocolVersion(1, 2)]
    result = session.client.proxy.discover_versions(protocol_versions=asked)
    listed = [(version.major, version.minor) for version in result.protocol_versions]
    equal(listed, [(1, 2), (1, 0)], "versions")
