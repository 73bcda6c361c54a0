import type { Codec, Infer } from '../schema/codec.ts'
import { byMajor, mapped } from '../schema/combine.ts'
import { optional, repeated, required } from '../schema/field.ts'
import { boolean, enumeration } from '../schema/primitive.ts'
import { struct } from '../schema/struct.ts'
import { AsynchronousIndicator } from '../spec/enum/asynchronous-indicator.ts'
import { Tag } from '../spec/tag.ts'
import { ProtocolVersionStruct } from './protocol-version.ts'

/** Whether the client takes, or wants, an answer that it has to poll for. */
export type Asynchrony = 'prohibited' | 'optional' | 'mandatory'

/** KMIP 1.4 section 6.7. */
const asynchronyV1: Codec<Asynchrony> = mapped(boolean, {
  decode: (value) => (value ? 'optional' : 'prohibited'),
  encode: (value) => value !== 'prohibited',
})

/** KMIP 2.1 section 11.3. */
const asynchronyV2: Codec<Asynchrony> = mapped(enumeration(AsynchronousIndicator), {
  decode(value) {
    if (value === AsynchronousIndicator.Mandatory) return 'mandatory'
    return value === AsynchronousIndicator.Optional ? 'optional' : 'prohibited'
  },
  encode: (value) =>
    ({
      mandatory: AsynchronousIndicator.Mandatory,
      optional: AsynchronousIndicator.Optional,
      prohibited: AsynchronousIndicator.Prohibited,
    })[value],
})

/** KMIP 1.4 section 7.2, KMIP 2.1 section 8.2. */
export const RequestHeaderStruct = struct({
  protocolVersion: required(Tag.ProtocolVersion, ProtocolVersionStruct),
  maximumResponseSize: optional(Tag.MaximumResponseSize),
  clientCorrelationValue: optional(Tag.ClientCorrelationValue),
  serverCorrelationValue: optional(Tag.ServerCorrelationValue),
  asynchrony: optional(Tag.AsynchronousIndicator, byMajor({ 1: asynchronyV1, 2: asynchronyV2 })),
  attestationCapable: optional(Tag.AttestationCapableIndicator),
  attestationTypes: repeated(Tag.AttestationType),
  authentication: optional(Tag.Authentication),
  batchErrorContinuation: optional(Tag.BatchErrorContinuationOption),
  batchOrder: optional(Tag.BatchOrderOption),
  timeStamp: optional(Tag.TimeStamp),
  batchCount: required(Tag.BatchCount),
})
export interface RequestHeader extends Infer<typeof RequestHeaderStruct> {}

/**
 * KMIP 1.4 section 7.2, KMIP 2.1 section 8.5. The Server Correlation Value is for 1.4 alone: the official cases of
 * 2.0 have answers without it, and clients of older versions fail on it.
 */
export const ResponseHeaderStruct = struct({
  protocolVersion: required(Tag.ProtocolVersion, ProtocolVersionStruct),
  timeStamp: required(Tag.TimeStamp),
  serverCorrelationValue: optional(Tag.ServerCorrelationValue, { since: '1.4', until: '1.4' }),
  batchCount: required(Tag.BatchCount),
})
export interface ResponseHeader extends Infer<typeof ResponseHeaderStruct> {}
