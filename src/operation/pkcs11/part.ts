import { Secret } from '../../secret/secret.ts'
import { ValidityIndicator } from '../../spec/enum/validity-indicator.ts'
import type { OperationContext } from '../context.ts'
import { decrypt } from '../decrypt.ts'
import { encrypt } from '../encrypt.ts'
import { hash } from '../hash.ts'
import { macVerify } from '../mac-verify.ts'
import { mac } from '../mac.ts'
import { signatureVerify } from '../signature-verify.ts'
import { sign } from '../sign.ts'
import type { ActiveOperation, Use } from './application.ts'

/** A part of the data, or the end of it. */
export interface DataPart {
  /** `whole`: all of the data at once. */
  readonly place: 'whole' | 'part' | 'last'
  readonly data?: Secret
  /** What is to be verified; with the whole or the last part. */
  readonly proof?: Uint8Array
}

/** What a part has come to. */
export interface PartResult {
  readonly output: Uint8Array
  readonly correlation?: Uint8Array
  readonly isValid?: boolean
}

interface Answer {
  readonly data?: Secret
  readonly tag?: Uint8Array
  readonly correlationValue?: Uint8Array
  readonly validityIndicator?: ValidityIndicator
}

/** Has one part of an operation carried out by the KMIP operation for it. Throws what that throws. */
export async function performPart(
  use: Use,
  active: ActiveOperation,
  part: DataPart,
  context: OperationContext,
): Promise<PartResult> {
  const { data, tag, correlationValue, validityIndicator } = await ASK[use](active, part, context)
  return {
    output: joined(data, tag),
    ...(correlationValue === undefined ? {} : { correlation: correlationValue }),
    ...(validityIndicator === undefined
      ? {}
      : { isValid: validityIndicator === ValidityIndicator.Valid }),
  }
}

type Ask = (active: ActiveOperation, part: DataPart, context: OperationContext) => Promise<Answer>

const ASK: Readonly<Record<Use, Ask>> = {
  async encrypt(active, part, context) {
    const answer = await context.perform(encrypt, {
      ...keyed(active, part),
      ...ivOf(active),
      ...dataOf(part),
    })
    const tag = answer.authenticatedEncryptionTag
    return tag === undefined ? answer : { ...answer, tag }
  },
  async decrypt(active, part, context) {
    return context.perform(decrypt, {
      ...keyed(active, part),
      ...ivOf(active),
      ...dataOf(part),
    })
  },
  async digest(active, part, context) {
    return context.perform(hash, { ...flow(active, part), ...dataOf(part) })
  },
  async sign(active, part, context) {
    const request = { ...keyed(active, part), ...dataOf(part) }
    if (active.plan.by === 'mac') {
      const { macData: tag, ...rest } = await context.perform(mac, request)
      return tag === undefined ? rest : { ...rest, tag }
    }
    const { signatureData: tag, ...rest } = await context.perform(sign, request)
    return tag === undefined ? rest : { ...rest, tag }
  },
  async verify(active, part, context) {
    const request = { ...keyed(active, part), ...dataOf(part) }
    const { proof } = part
    if (active.plan.by === 'mac') {
      return context.perform(macVerify, proof ? { ...request, macData: proof } : request)
    }
    return context.perform(signatureVerify, proof ? { ...request, signatureData: proof } : request)
  },
}

function keyed(active: ActiveOperation, part: DataPart) {
  return {
    uniqueIdentifier: { kind: 'identifier', value: active.key ?? '' } as const,
    ...flow(active, part),
  }
}

/** The parameters go with the first part, and the Correlation Value with those behind it. */
function flow({ plan, correlation }: ActiveOperation, { place }: DataPart) {
  const last = place === 'last' ? { finalIndicator: true } : {}
  if (correlation !== undefined) return { correlationValue: correlation, ...last }
  const first = place === 'part' ? { initIndicator: true } : {}
  return { cryptographicParameters: plan.parameters, ...first }
}

function ivOf({ plan, correlation }: ActiveOperation) {
  if (correlation !== undefined) return {}
  const { iv, associated } = plan
  return {
    ...(iv === undefined ? {} : { ivCounterNonce: iv }),
    ...(associated === undefined ? {} : { authenticatedEncryptionAdditionalData: associated }),
  }
}

/** An end that nothing came before has empty data. The KMIP operation destroys what it is given. */
function dataOf({ data, place }: DataPart) {
  if (data !== undefined) return { data: data.clone() }
  return place === 'part' ? {} : { data: Secret.take(new Uint8Array(0)) }
}

/** What comes out in one piece: PKCS#11 has the tag of authenticated encryption behind the data. */
function joined(data: Secret | undefined, tag: Uint8Array | undefined): Uint8Array {
  const output = new Uint8Array((data?.length ?? 0) + (tag?.length ?? 0))
  data?.expose((bytes) => {
    output.set(bytes)
  })
  if (tag !== undefined) output.set(tag, data?.length ?? 0)
  return output
}
