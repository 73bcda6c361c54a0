import { attributeItem } from '../../message/attribute-item.ts'
import type { AttributeFilter } from '../../message/locate.ts'
import { readTemplate, type CryptokiAttribute } from '../../message/pkcs11/attribute.ts'
import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import { criteriaOf } from '../../repository/filter-match.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../spec/pkcs11/attribute.ts'
import { Tag } from '../../spec/tag.ts'
import { ItemType } from '../../ttlv/item.ts'
import type { OperationContext } from '../context.ts'
import { attributesOf } from './begin.ts'
import { nothing, OK, ofSession } from './call.ts'
import { objectTypeOf, valueFrom } from './object-value.ts'

/**
 * C_FindObjectsInit: what matches is found at once, and told by C_FindObjects. What an application could not have
 * handles for is too much: to leave some of it out would say that it is not there.
 */
export const findObjectsInit = ofSession(
  (reader) => readTemplate(reader, 'values'),
  async (template, { session, application, context }) => {
    if (session.search !== undefined) return { code: RC.OPERATION_ACTIVE }
    const most = context.cryptoki.limits.objects
    const candidates = await candidatesOf(template, most + 1, context)
    if (candidates.length > most) return { code: RC.DEVICE_MEMORY }
    const found: string[] = []
    for (const each of candidates) {
      if (template.length === 0 || (await matches(each, template, context))) found.push(each)
    }
    if (application.untold + found.length > most) return { code: RC.DEVICE_MEMORY }
    session.search = { found }
    return OK
  },
)

/** By the rules of Locate, but for the number of objects in one of its answers. */
async function candidatesOf(
  template: readonly CryptokiAttribute[],
  limit: number,
  context: OperationContext,
): Promise<readonly string[]> {
  const criteria = criteriaOf(template.flatMap(filterOf))
  const query = { criteria, statuses: ['online'], offset: 0, limit, count: false } as const
  const { uniqueIdentifiers } = await context.perform(
    { name: 'Locate', handle: async (asked, { objects }) => objects.locate(asked) },
    query,
  )
  return uniqueIdentifiers
}

/** What the indexes can look for, or for more than it; all of it is compared object by object. */
function filterOf({ type, value }: CryptokiAttribute): readonly AttributeFilter[] {
  if (value === undefined || value.length === 0) return []
  if (type === CKA.UNIQUE_ID[0]) {
    const reference = { name: 'UniqueIdentifier' } as const
    const named = attributeItem({ reference, value: new TextDecoder().decode(value) })
    return [{ reference, item: named }]
  }
  if (type === CKA.LABEL[0]) {
    const text = { tag: Tag.NameValue.number, type: ItemType.TextString, value }
    const item = { tag: Tag.Name.number, type: ItemType.Structure, value: [text] }
    return [{ reference: { name: 'Name' }, item }]
  }
  const objectType = type === CKA.CLASS[0] ? objectTypeOf(value) : undefined
  if (objectType === undefined) return []
  const reference = { name: 'ObjectType' } as const
  return [{ reference, item: attributeItem({ reference, value: objectType }) }]
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

/** Whether two values are the same, which are no secrets. */
export function isSame(left: Uint8Array, right: Uint8Array): boolean {
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
