import { KmipFault } from '../../fault/fault.ts'
import type { AttributeFilter } from '../../message/locate.ts'
import { attributeItem } from '../../message/attribute-item.ts'
import {
  readTemplate,
  writeTemplate,
  type CryptokiAnswer,
  type CryptokiAttribute,
} from '../../message/pkcs11/attribute.ts'
import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { AttributeSet } from '../../model/attribute-set.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { RevocationReasonCode } from '../../spec/enum/revocation-reason-code.ts'
import { State } from '../../spec/enum/state.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import type { OperationContext } from '../context.ts'
import { destroy } from '../destroy.ts'
import { locate } from '../locate.ts'
import { revoke } from '../revoke.ts'
import { attributesOf } from './begin.ts'
import { nothing, OK, ofSession, type SessionCall } from './call.ts'
import { valueInside } from './material.ts'
import { valueFrom } from './object-value.ts'

/** C_FindObjectsInit: what matches is found at once, and told by C_FindObjects. */
export const findObjectsInit = ofSession(
  (reader) => readTemplate(reader, 'values'),
  async (template, { session, context }) => {
    if (session.search !== undefined) return { code: RC.OPERATION_ACTIVE }
    const filters = template.flatMap(filterOf)
    const { uniqueIdentifiers } = await context.perform(locate, { filters })
    const found: string[] = []
    for (const each of uniqueIdentifiers) {
      if (template.length === 0 || (await matches(each, template, context))) found.push(each)
    }
    session.search = { found }
    return OK
  },
)

/** What Locate can look for itself; the rest is compared object by object. */
function filterOf({ type, value }: CryptokiAttribute): readonly AttributeFilter[] {
  if (type !== CKA.UNIQUE_ID[0] || value === undefined) return []
  const reference = { name: 'UniqueIdentifier' } as const
  return [{ reference, item: attributeItem({ reference, value: new TextDecoder().decode(value) }) }]
}

async function matches(
  uniqueIdentifier: string,
  template: readonly CryptokiAttribute[],
  context: OperationContext,
): Promise<boolean> {
  const attributes = await attributesOf(uniqueIdentifier, context)
  return template.every(({ type, value }) => {
    const held = valueFrom(type, attributes)
    return held !== undefined && value !== undefined && isSame(held, value)
  })
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

/** The most handles is a count or a number: clients write it in four bytes or in eight. */
function readMost(reader: ParameterReader): number {
  return reader.remaining === 4 ? reader.length() : reader.ulong()
}

export const findObjects = ofSession(readMost, (most, { session, application }) => {
  const { search } = session
  if (search === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
  const handles: number[] = []
  for (const each of search.found.slice(0, most)) {
    const handle = application.handleOf(each)
    if (handle === undefined) return { code: RC.DEVICE_MEMORY }
    handles.push(handle)
  }
  session.search = { found: search.found.slice(most) }
  const writer = new ParameterWriter().length(handles.length)
  for (const handle of handles) writer.ulong(handle)
  return { code: RC.OK, output: writer.take() }
})

export const findObjectsFinal = ofSession(nothing, (_, { session }) => {
  if (session.search === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
  session.search = undefined
  return OK
})

/** C_GetAttributeValue: all that can be given is, and the return code says whether anything could not. */
export const getAttributeValue = ofSession(
  (reader) => ({ object: reader.ulong(), template: readTemplate(reader, 'buffers') }),
  async ({ object, template }, { application, context }) => {
    const uniqueIdentifier = application.objectOf(object)
    if (uniqueIdentifier === undefined) return { code: RC.OBJECT_HANDLE_INVALID }
    const attributes = await attributesOf(uniqueIdentifier, context)
    const answers: CryptokiAnswer[] = []
    let code: RC = RC.OK
    for (const wanted of template) {
      const answer = await answerTo(wanted, attributes, context)
      answers.push(answer)
      if (code === RC.OK) code = answer.code
    }
    const writer = new ParameterWriter()
    writeTemplate(writer, answers)
    return { code, output: writer.take() }
  },
)

async function answerTo(
  { type, isWanted, room }: CryptokiAttribute,
  attributes: AttributeSet,
  context: OperationContext,
): Promise<CryptokiAnswer & { readonly code: RC }> {
  const value = valueFrom(type, attributes) ?? (await seen(type, attributes, context))
  if (value === 'sensitive') return { type, isGiven: false, code: RC.ATTRIBUTE_SENSITIVE }
  if (value === undefined) return { type, isGiven: false, code: RC.ATTRIBUTE_TYPE_INVALID }
  if (isWanted && room !== undefined && room < value.length) {
    return { type, isGiven: false, code: RC.BUFFER_TOO_SMALL }
  }
  return { type, value, isGiven: isWanted, code: RC.OK }
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
