import {
  readTemplate,
  writeTemplate,
  type CryptokiAnswer,
  type CryptokiAttribute,
} from '../../../message/pkcs11/attribute.ts'
import { ParameterWriter } from '../../../message/pkcs11/parameter-writer.ts'
import type { TokenAnswer, TokenObject } from '../../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import { OK, ofSession } from '../call.ts'
import { isSame } from '../search.ts'
import { onToken } from './on-token.ts'
import { markAttribute, objectIn, referenceOf } from './mark.ts'
import { OWN_TYPES, ownValue, readValue, SECRET_TYPES, writtenValue } from './value.ts'

/** C_FindObjectsInit: the token looks among the objects of the client, and what it does not know is compared here. */
export const findObjectsInit = ofSession(
  (reader) => readTemplate(reader, 'values'),
  async (template, { session, application, context }) => {
    if (session.search !== undefined) return { code: RC.OPERATION_ACTIVE }
    const own = template.filter(({ type }) => OWN_TYPES.includes(type))
    const theirs = template.filter(({ type }) => !OWN_TYPES.includes(type))
    const isSecret = theirs.some(({ type }) => SECRET_TYPES.includes(type))
    const found = await onToken(context, 'Locate', async ({ token, objectsPerClient }) => {
      if (isSecret) return []
      const wanted = theirs.map((each) => ({ type: each.type, value: readValue(each) }))
      return token.find([markAttribute(context), ...wanted], objectsPerClient)
    })
    const matching = found.filter((each) => hasAll(each, own)).map(referenceOf)
    const most = context.cryptoki.limits.objects
    if (application.untold + matching.length > most) return { code: RC.DEVICE_MEMORY }
    session.search = { found: matching }
    return OK
  },
)

function hasAll(object: TokenObject, wanted: readonly CryptokiAttribute[]): boolean {
  return wanted.every(({ type, value }) => {
    const held = ownValue(type, object)
    return held !== undefined && value !== undefined && isSame(held, value)
  })
}

/** C_GetAttributeValue: all that can be given is, and the return code says whether anything could not. */
export const getAttributeValue = ofSession(
  (reader) => ({ object: reader.ulong(), template: readTemplate(reader, 'buffers') }),
  async ({ object, template }, { application, context }) => {
    const reference = application.objectOf(object)
    if (reference === undefined) return { code: RC.OBJECT_HANDLE_INVALID }
    const target = objectIn(reference, context)
    const types = template.map(({ type }) => type)
    const read = await onToken(context, 'GetAttributes', async ({ token, extractable }) => {
      const held = types.filter((type) => !OWN_TYPES.includes(type))
      const asked = held.filter((type) => extractable || !SECRET_TYPES.includes(type))
      const answers = await token.read(target, asked)
      return new Map(asked.map((type, index) => [type, answers[index]]))
    })
    const answers = template.map((each) => answerTo(each, target, read.get(each.type)))
    const writer = new ParameterWriter()
    writeTemplate(writer, answers)
    return {
      code: answers.find(({ code }) => code !== RC.OK)?.code ?? RC.OK,
      output: writer.take(),
    }
  },
)

function answerTo(
  { type, isWanted, room }: CryptokiAttribute,
  object: TokenObject,
  answer: TokenAnswer | undefined,
): CryptokiAnswer & { readonly code: RC } {
  const value = ownValue(type, object) ?? (answer && valueIn(answer))
  if (value === undefined || (value.length === 0 && SECRET_TYPES.includes(type))) {
    const isSecret = SECRET_TYPES.includes(type)
    return {
      type,
      isGiven: false,
      code: isSecret ? RC.ATTRIBUTE_SENSITIVE : RC.ATTRIBUTE_TYPE_INVALID,
    }
  }
  if (isWanted && room !== undefined && room < value.length) {
    return { type, isGiven: false, code: RC.BUFFER_TOO_SMALL }
  }
  return { type, value, isGiven: isWanted, code: RC.OK }
}

function valueIn(answer: TokenAnswer): Uint8Array | undefined {
  return 'value' in answer ? writtenValue(answer.value) : undefined
}

export const destroyObject = ofSession(
  (reader) => reader.ulong(),
  async (object, { application, context, session }) => {
    const reference = application.objectOf(object)
    if (reference === undefined) return { code: RC.OBJECT_HANDLE_INVALID }
    if (!session.isReadWrite) return { code: RC.SESSION_READ_ONLY }
    await onToken(context, 'Destroy', async ({ token }) =>
      token.destroy(objectIn(reference, context)),
    )
    return OK
  },
)
