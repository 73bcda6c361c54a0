import { KmipFault } from '../../fault/fault.ts'
import {
  readTemplate,
  writeTemplate,
  type CryptokiAnswer,
  type CryptokiAttribute,
} from '../../message/pkcs11/attribute.ts'
import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { AttributeSet } from '../../model/attribute-set.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { RevocationReasonCode } from '../../spec/enum/revocation-reason-code.ts'
import { State } from '../../spec/enum/state.ts'
import type { OperationContext } from '../context.ts'
import { destroy } from '../destroy.ts'
import { revoke } from '../revoke.ts'
import { attributesOf } from './begin.ts'
import { OK, ofSession, type SessionCall } from './call.ts'
import { valueInside } from './material.ts'
import { valueFrom } from './object-value.ts'

/** C_GetAttributeValue: all that can be given is, and the return code says whether anything could not. */
export const getAttributeValue = ofSession(
  (reader) => ({ object: reader.ulong(), template: readTemplate(reader, 'buffers') }),
  async ({ object, template }, { application, context }) => {
    const uniqueIdentifier = application.objectOf(object)
    if (uniqueIdentifier === undefined) return { code: RC.OBJECT_HANDLE_INVALID }
    // Asked for again and again, one large value would fill the memory.
    if (new Set(template.map(({ type }) => type)).size < template.length) {
      return { code: RC.TEMPLATE_INCONSISTENT }
    }
    const attributes = await attributesOf(uniqueIdentifier, context)
    const answers: FoundAnswer[] = []
    try {
      for (const wanted of template) answers.push(await answerTo(wanted, attributes, context))
      const writer = new ParameterWriter()
      writeTemplate(writer, answers)
      const code = answers.find((each) => each.code !== RC.OK)?.code ?? RC.OK
      return { code, output: writer.take() }
    } finally {
      // Any of them may be a key.
      for (const { found } of answers) found?.fill(0)
    }
  },
)

interface FoundAnswer extends CryptokiAnswer {
  readonly code: RC
  /** The value, whether or not it is given. */
  readonly found?: Uint8Array
}

async function answerTo(
  { type, isWanted, room }: CryptokiAttribute,
  attributes: AttributeSet,
  context: OperationContext,
): Promise<FoundAnswer> {
  const value = valueFrom(type, attributes) ?? (await seen(type, attributes, context))
  if (value === 'sensitive') return { type, isGiven: false, code: RC.ATTRIBUTE_SENSITIVE }
  if (value === undefined) return { type, isGiven: false, code: RC.ATTRIBUTE_TYPE_INVALID }
  if (isWanted && room !== undefined && room < value.length) {
    return { type, found: value, isGiven: false, code: RC.BUFFER_TOO_SMALL }
  }
  return { type, value, found: value, isGiven: isWanted, code: RC.OK }
}

async function seen(type: number, attributes: AttributeSet, context: OperationContext) {
  try {
    return await valueInside(type, attributes, context)
  } catch (error) {
    const isHidden = error instanceof KmipFault && HIDDEN.includes(error.code)
    if (isHidden) return 'sensitive'
    throw error
  }
}

const HIDDEN: readonly string[] = ['SENSITIVE', 'NOT_EXTRACTABLE', 'KEY_VALUE_NOT_PRESENT']

/** C_DestroyObject: an active object is deactivated first, for PKCS#11 has no word for that. */
export const destroyObject = ofSession(
  (reader) => reader.ulong(),
  async (object, call) => {
    const value = call.application.objectOf(object)
    if (value === undefined) return { code: RC.OBJECT_HANDLE_INVALID }
    if (!call.session.isReadWrite) return { code: RC.SESSION_READ_ONLY }
    await destroyIt(value, call)
    call.after(() => {
      call.application.release(object)
    })
    return OK
  },
)

async function destroyIt(value: string, { context }: SessionCall): Promise<void> {
  const uniqueIdentifier = { kind: 'identifier', value } as const
  const attributes = await attributesOf(value, context)
  if (attributes.get('State') === State.Active) {
    await context.perform(revoke, {
      uniqueIdentifier,
      revocationReason: { revocationReasonCode: RevocationReasonCode.CessationOfOperation },
    })
  }
  await context.perform(destroy, { uniqueIdentifier })
}
