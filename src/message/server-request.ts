import type { AttributeReference } from '../model/attribute-reference.ts'
import { compile, type Infer } from '../schema/codec.ts'
import { optional, repeated, required, type BoundField, type Field } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import type { Version } from '../schema/version.ts'
import { Operation } from '../spec/enum/operation.ts'
import { Tag } from '../spec/tag.ts'
import type { Item } from '../ttlv/item.ts'
import { attributesOfObject, fieldByMajor } from './attributes.ts'
import {
  RequestBatchItemStruct,
  ResponseBatchItemStruct,
  type ResponseBatchItem,
} from './batch-item.ts'
import { RequestHeaderStruct, ResponseHeaderStruct } from './header.ts'
import { uniqueIdentifier } from './identified.ts'
import { managedObject } from './managed-object.ts'
import { protocolVersionOf, ProtocolVersionStruct } from './protocol-version.ts'
import * as v1 from './v1/attribute.ts'
import * as v2 from './v2/attribute.ts'

/** Attributes that are gone: an Attribute without a value in 1.x, a reference to it in 2.x (1.4 section 5.1). */
const deletedAttributes: Field<readonly AttributeReference[], 'repeated'> = fieldByMajor(
  'repeated',
  {
    1: sayable(
      repeated(Tag.Attribute, struct({ name: required(Tag.AttributeName, v1.attributeName) })),
      (reference, version) =>
        v1.nameOfReference(reference, version) === undefined ? [] : [{ name: reference }],
    ),
    2: sayable(repeated(Tag.AttributeReference, v2.attributeReference), (reference, version) =>
      v2.isSayable(reference, version) ? [reference] : [],
    ),
  },
)

/** A field that is written alone: answers to the server's own requests do not hold it. */
function sayable<T>(
  field: Field<readonly T[]>,
  say: (reference: AttributeReference, version: Version) => readonly T[],
): Field<readonly AttributeReference[], 'repeated'> {
  return {
    presence: 'repeated',
    bind(version) {
      const bound = field.bind(version)
      return (
        bound &&
        ({
          tags: [],
          many: true,
          written: bound.written,
          read: () => [],
          write: (references, into) => {
            bound.write(
              references.flatMap((each) => say(each, version)),
              into,
            )
          },
        } satisfies BoundField<readonly AttributeReference[]>)
      )
    },
  }
}

/** KMIP 1.4 section 5.2, KMIP 2.1 section 6.2.3. */
const PutStruct = struct({
  uniqueIdentifier,
  putFunction: required(Tag.PutFunction),
  replacedUniqueIdentifier: optional(Tag.ReplacedUniqueIdentifier),
  object: managedObject,
  attributes: attributesOfObject,
})
/** KMIP 1.4 section 5.1, KMIP 2.1 section 6.2.2. */
const NotifyStruct = struct({
  uniqueIdentifier,
  attributes: attributesOfObject,
  deleted: deletedAttributes,
})
/** KMIP 1.4 section 5.3, KMIP 2.1 section 6.2.4. */
const QueryStruct = struct({ functions: repeated(Tag.QueryFunction) })
/** KMIP 2.1 section 6.2.1. */
const DiscoverVersionsStruct = struct({
  versions: repeated(Tag.ProtocolVersion, ProtocolVersionStruct),
})

/** KMIP 2.1 section 6.2.5. */
const SetEndpointRoleStruct = struct({ endpointRole: required(Tag.EndpointRole) })

/** What a server asks of a client. */
export type ServerRequest =
  | { readonly operation: 'Put'; readonly payload: Infer<typeof PutStruct> }
  | { readonly operation: 'Notify'; readonly payload: Infer<typeof NotifyStruct> }
  | { readonly operation: 'Query'; readonly payload: Infer<typeof QueryStruct> }
  | {
      readonly operation: 'DiscoverVersions'
      readonly payload: Infer<typeof DiscoverVersionsStruct>
    }
  | {
      readonly operation: 'SetEndpointRole'
      readonly payload: Infer<typeof SetEndpointRoleStruct>
    }

const RequestMessageStruct = struct({
  header: required(Tag.RequestHeader, RequestHeaderStruct),
  batchItem: required(Tag.BatchItem, RequestBatchItemStruct),
})
const ResponseMessageStruct = struct({
  header: required(Tag.ResponseHeader, ResponseHeaderStruct),
  batchItems: repeated(Tag.BatchItem, ResponseBatchItemStruct),
})

/** The items of a request that the server makes. */
export function writeServerRequest(request: ServerRequest, version: Version): Item {
  return compile(RequestMessageStruct, version).encode(Tag.RequestMessage.number, {
    header: {
      protocolVersion: protocolVersionOf(version),
      attestationTypes: [],
      batchCount: 1,
    },
    batchItem: {
      operation: Operation[request.operation],
      payload: payloadOf(request, version),
      extensions: [],
    },
  })
}

function payloadOf(request: ServerRequest, version: Version): Item {
  const tag = Tag.RequestPayload.number
  switch (request.operation) {
    case 'Put':
      return compile(PutStruct, version).encode(tag, request.payload)
    case 'Notify':
      return compile(NotifyStruct, version).encode(tag, request.payload)
    case 'Query':
      return compile(QueryStruct, version).encode(tag, request.payload)
    case 'DiscoverVersions':
      return compile(DiscoverVersionsStruct, version).encode(tag, request.payload)
    case 'SetEndpointRole':
      return compile(SetEndpointRoleStruct, version).encode(tag, request.payload)
  }
}

/** What a client has answered. Throws `MALFORMED_MESSAGE` and its kin. */
export function readClientAnswer(message: Item, version: Version): readonly ResponseBatchItem[] {
  return compile(ResponseMessageStruct, version).decode(message).batchItems
}
