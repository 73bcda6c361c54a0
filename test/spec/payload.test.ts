import { describe, expect, test } from 'vitest'
import type { AnyOperation } from '../../src/operation/definition.ts'
import { OPERATIONS } from '../../src/operation/index.ts'
import type { Codec } from '../../src/schema/codec.ts'
import type { Fields } from '../../src/schema/struct.ts'
import { existsIn, type Version } from '../../src/schema/version.ts'
import { OPERATIONS as ROWS } from '../../src/spec/operation.ts'
import { normalise, sorted, STANDARDS, type FieldFacts } from './standard.ts'

/** The object itself: any of the tags that objects have. */
const OBJECT = 'Object'

/** Payloads of 1.4 whose table lists every object, a certificate first. */
const OF_OBJECTS = ['Register.request', 'Get.response', 'Export.response', 'Import.request']

/** The names in a table; numbers among them are those of the pages that it is on. */
function namesInTable(facts: readonly FieldFacts[], key: string): readonly string[] {
  return facts
    .filter(({ name }) => !/^\d/u.test(name))
    .map(({ name }) => {
      const isObject = name === 'Certificate' && OF_OBJECTS.includes(key)
      return isObject || name.startsWith('Any Object') ? OBJECT : normalise(name)
    })
}

function fieldsOf(codec: Codec<unknown>): Fields | undefined {
  return 'fields' in codec ? (codec.fields as Fields) : undefined
}

/** The fields of a payload in a version. */
function writtenIn(fields: Fields, version: Version): string[] {
  return Object.values(fields).flatMap((field) => {
    const bound = field.bind(version)
    const [first, ...others] = bound?.tags ?? []
    if (bound?.written !== true || first === undefined) return []
    return [others.length > 0 ? OBJECT : first.name]
  })
}

/** Payloads whose shape is another in each dialect: `message/` describes them, and conversations hold them to it. */
const ELSEWHERE = [
  'AddAttribute.request',
  'DeleteAttribute.request',
  'Locate.request',
  'ModifyAttribute.request',
  'SetAttribute.request',
]

const definitions: Partial<Record<string, AnyOperation>> = OPERATIONS

describe.each(STANDARDS)('payloads of KMIP $version', ({ version, payloads }) => {
  const rows = Object.entries(payloads).flatMap(([title, facts]) => {
    const name = normalise(title)
    const definition = definitions[name]
    return definition === undefined
      ? []
      : (['request', 'response'] as const).flatMap((side) => {
          const fields = fieldsOf(definition[side])
          const inText = facts[side]
          return fields === undefined || inText === undefined
            ? []
            : [{ name, side, fields, inText }]
        })
  })

  test.each(rows)(
    '$name: the $side has the fields of its table',
    ({ name, side, fields, inText }) => {
      const key = `${name}.${side}`
      const leftOut = side === 'response' ? NOT_ANSWERED : []
      const wanted = namesInTable(inText, key).filter((each) => !leftOut.includes(each))
      const besides = version === '1.4' ? (BESIDES[key] ?? []) : []
      const actual = writtenIn(fields, version).filter((each) => !besides.includes(each))
      expect(sorted(actual)).toEqual(sorted(wanted))
    },
  )

  test('are described for every operation of the version, or left to their dialect', () => {
    const compared = rows.map(({ name, side }) => `${name}.${side}`)
    const missing = ROWS.filter((row) => existsIn(row, version) && row.name in OPERATIONS)
      .flatMap(({ name }) => [`${name}.request`, `${name}.response`])
      .filter((key) => !compared.includes(key) && !ELSEWHERE.includes(key))
    expect(missing.filter((key) => !UNREADABLE.includes(key))).toEqual([])
  })
})

/** Tables that the extractor does not find in every text. */
const UNREADABLE = ['Certify.request', 'Encrypt.response', 'Poll.response']

/** A server of 1.x may answer with the attributes that it has set; this one leaves that to Get Attributes. */
const NOT_ANSWERED = [
  'TemplateAttribute',
  'PrivateKeyTemplateAttribute',
  'PublicKeyTemplateAttribute',
]

/** Fields of 2.x that are taken in 1.4 as well, and that its tables have not. */
const BESIDES: Readonly<Record<string, readonly string[]>> = { 'Import.request': ['ObjectType'] }
