import { describe, expectTypeOf, test } from 'vitest'
import type { Log, Loggable } from '../../src/port/log.ts'
import type { Secret } from '../../src/secret/secret.ts'

type Fields = NonNullable<Parameters<Log['info']>[1]>

describe('what may be logged', () => {
  test('is neither a secret nor bytes nor an error, at any depth', () => {
    expectTypeOf<Secret>().not.toExtend<Loggable>()
    expectTypeOf<Uint8Array>().not.toExtend<Loggable>()
    expectTypeOf<Buffer>().not.toExtend<Loggable>()
    expectTypeOf<Error>().not.toExtend<Loggable>()
    expectTypeOf<{ key: Secret }>().not.toExtend<Fields>()
    expectTypeOf<{ deep: { key: Uint8Array }[] }>().not.toExtend<Fields>()
  })

  test('is a primitive, a list or a record of them', () => {
    expectTypeOf<{
      name: string
      count: number
      list: string[]
      deep: { yes: boolean }
    }>().toExtend<Fields>()
  })
})
