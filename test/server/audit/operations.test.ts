import { beforeEach, describe, expect, test } from 'vitest'
import { auditLine, readAuditLine, type AuditEntry } from '../../../src/model/audit-entry.ts'
import {
  Bench,
  createAes,
  identifierOf,
  name2,
  uid,
  type BatchItemText,
} from '../../operation/harness.ts'

const NEVER = 'ffffffff-0000-4000-8000-000000000000'
const option = (name: string): string =>
  `<BatchErrorContinuationOption type="Enumeration" value="${name}"/>`

let bench: Bench

beforeEach(async () => {
  bench = await Bench.open()
})

/** What the entries since the last call say, in short. */
function told(): readonly string[] {
  const entries = bench.audit.entries
  bench.audit.lines.length = 0
  return entries.map(shortly)
}

function shortly({ kind, operation, result, reason }: AuditEntry): string {
  return [kind, operation, result, reason].filter((each) => each !== undefined).join(' ')
}

describe('an operation', () => {
  test('that changes something is an intent and an outcome, of the same number', async () => {
    const id = await bench.createKey()
    const entries = bench.audit.entries
    expect(entries.map(shortly)).toEqual(['intent Create', 'outcome Create success'])
    expect(entries.map(({ op, object, item }) => [op, object, item])).toEqual([
      [1, id, 0],
      [1, id, 0],
    ])
  })

  test('that changes nothing is one entry', async () => {
    const id = await bench.createKey()
    // The first Get writes down that the key is no longer fresh.
    await bench.ask('2.1', 'Get', uid(id))
    expect(told()).toEqual([
      'intent Create',
      'outcome Create success',
      'intent Get',
      'outcome Get success',
    ])
    await bench.ask('2.1', 'Get', uid(id))
    const [entry] = bench.audit.entries
    expect(entry).toMatchObject({
      kind: 'operation',
      operation: 'Get',
      object: id,
      client: 'alice',
      name: 'alice',
      role: 'client',
      rule: 'role client',
      result: 'success',
    })
  })

  test('that is refused is told with its reason, and with what it named', async () => {
    await bench.ask('2.1', 'Get', uid(NEVER))
    expect(bench.audit.entries[0]).toMatchObject({
      kind: 'operation',
      operation: 'Get',
      object: NEVER,
      result: 'failed',
      reason: 'ObjectNotFound',
    })
  })

  test('that the client may not ask for is told', async () => {
    bench = await Bench.open({ operations: new Set(['Query']) })
    await bench.ask('2.1', 'Get', uid(NEVER))
    expect(told()).toEqual(['operation Get failed PermissionDenied'])
  })

  test('that names what is no identifier is told without that', async () => {
    for (const named of ['x'.repeat(65), 'a key of mine', '{"kind":"event"}']) {
      await bench.ask('2.1', 'Get', uid(named.replaceAll('"', '&quot;')))
    }
    expect(bench.audit.entries.map(({ object }) => object)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('that nobody has is told, too', async () => {
    await bench.ask('2.1', 'Notify')
    expect(told()).toEqual(['operation Unknown failed OperationNotSupported'])
  })

  test('that has an effect outside the store is intended before it begins', async () => {
    await bench.ask('2.1', 'Login')
    await bench.ask('2.1', 'RNGSeed', '<Data type="ByteString" value="0102"/>')
    expect(told()).toEqual([
      'intent Login',
      'outcome Login success',
      'intent RNGSeed',
      'outcome RNGSeed success',
    ])
  })

  test('that lost a race has one intent and one outcome, though it was tried again', async () => {
    const id = await bench.createKey()
    told()
    await Promise.all([
      bench.ask('2.1', 'Activate', uid(id)),
      bench.ask('2.1', 'Activate', uid(id)),
    ])
    const kinds = told().toSorted()
    expect(kinds.filter((each) => each === 'outcome Activate success')).toHaveLength(1)
    expect(kinds.filter((each) => each.startsWith('intent'))).toHaveLength(2)
    expect(kinds).toHaveLength(4)
  })

  test('tells of no name, no key and no data', async () => {
    const id = await bench.createKey(name2('a-name-of-mine'))
    await bench.ask('2.1', 'Activate', uid(id))
    await bench.ask(
      '2.1',
      'Encrypt',
      `${uid(id)}<Data type="ByteString" value="${'5ec7e7da7a'.repeat(4)}"/>`,
    )
    const text = bench.audit.lines.join('\n')
    expect(text).not.toContain('a-name-of-mine')
    expect(text.toLowerCase()).not.toContain('5ec7e7da7a')
    expect(bench.audit.entries.at(-1)).toMatchObject({ operation: 'Encrypt', bytes: 20 })
  })
})

describe('a batch', () => {
  const create = (name: string): BatchItemText => ({
    operation: 'Create',
    payload: createAes(name2(name)),
  })
  const FAILS: BatchItemText = { operation: 'Get', payload: uid(NEVER) }

  test('is told item by item, those that were not tried included', async () => {
    await bench.send('2.1', [create('a'), FAILS, create('b')], { header: option('Stop') })
    expect(told()).toEqual([
      'intent Create',
      'outcome Create success',
      'operation Get failed ObjectNotFound',
      'operation Create failed OperationCanceledByRequester',
    ])
  })

  test('that is all or none has its intents before and its outcomes behind', async () => {
    await bench.send('2.1', [create('a'), create('b')], { header: option('Undo') })
    const entries = bench.audit.entries
    expect(entries.map(shortly)).toEqual([
      'intent Create',
      'intent Create',
      'outcome Create success',
      'outcome Create success',
    ])
    expect(entries.map(({ item }) => item)).toEqual([0, 1, 0, 1])
    expect(new Set(entries.map(({ op }) => op)).size).toBe(2)
  })

  test('that was undone says so of each item', async () => {
    await bench.send('2.1', [create('a'), FAILS, create('b')], { header: option('Undo') })
    expect(told()).toEqual([
      'operation Create undone',
      'operation Get failed ObjectNotFound',
      'operation Create failed OperationCanceledByRequester',
    ])
  })

  test('that is refused as a whole is told item by item', async () => {
    const critical = `<MessageExtension><VendorIdentification type="TextString" value="x"/>
      <CriticalityIndicator type="Boolean" value="true"/>
      <VendorExtension/></MessageExtension>`
    await bench.send('2.1', [create('a'), { ...create('b'), behind: critical }])
    const entries = told()
    expect(entries).toHaveLength(2)
    for (const entry of entries) expect(entry).toMatch(/^operation Create failed \w*Extension$/)
  })
})

describe('a message that is not understood', () => {
  test('is told as such', async () => {
    const [bytes] = [Uint8Array.of(0x42, 0, 0x78, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0)]
    await bench.sendBytes(bytes)
    expect(told()).toEqual(['operation Message failed InvalidMessage'])
  })
})

describe('what is done later', () => {
  test('is told when it is asked for and when it is done', async () => {
    bench = await Bench.open({ jobs: {} })
    const header = '<AsynchronousIndicator type="Enumeration" value="Mandatory"/>'
    await bench.send('2.1', [{ operation: 'Create', payload: createAes() }], { header })
    await bench.jobs?.close({ graceMs: 10_000 })
    expect(told()).toEqual(['operation Create pending', 'intent Create', 'outcome Create success'])
  })
})

describe('a log that cannot be written', () => {
  test('has nothing answered and nothing done', async () => {
    const id = await bench.createKey()
    const before = await bench.dump()
    bench.audit.isFailing = true
    await expect(bench.ask('2.1', 'Activate', uid(id))).rejects.toThrow('nothing was answered')
    await expect(bench.ask('2.1', 'Get', uid(id))).rejects.toThrow('nothing was answered')
    expect(await bench.dump()).toEqual(before)
    bench.audit.isFailing = false
    expect((await bench.ask('2.1', 'Activate', uid(id))).status).toBe('Success')
  })

  test('is given the outcome of what was stored before anything else', async () => {
    const id = await bench.createKey()
    told()
    // The intent is written; the outcome is not taken.
    bench.audit.failing = { from: bench.audit.calls + 3, times: 2 }
    await expect(bench.ask('2.1', 'Activate', uid(id))).rejects.toThrow('nothing was answered')
    expect(told()).toEqual(['intent Activate'])
    await bench.ask('2.1', 'Query', '<QueryFunction type="Enumeration" value="QueryOperations"/>')
    expect(told()).toEqual(['outcome Activate success', 'operation Query success'])
  })
})

describe('every line', () => {
  test('is one that the entry of it would be written as', async () => {
    const id = await bench.createKey(name2('x'))
    await bench.ask('2.1', 'Locate', `<Attributes>${name2('x')}</Attributes>`)
    await bench.ask('1.2', 'Get', uid(NEVER))
    await bench.ask('2.1', 'Encrypt', `${uid(id)}<Data type="ByteString" value="00"/>`)
    for (const line of bench.audit.lines) {
      const entry = readAuditLine(line)
      expect(entry && auditLine(entry)).toBe(line)
    }
    expect(bench.audit.lines.length).toBeGreaterThan(4)
  })

  test('names few of many objects, and says how many there were', async () => {
    for (let count = 0; count < 20; count += 1) await bench.createKey()
    told()
    await bench.ask('2.1', 'Locate')
    const [entry] = bench.audit.entries
    expect(entry?.object).toHaveLength(16)
    expect(entry?.detail).toEqual({ objects: 20 })
  })
})

describe('what the server does of its own accord', () => {
  test('is told as anything else', async () => {
    const rotated = `<RotateAutomatic type="Boolean" value="true"/>
      <RotateInterval type="Interval" value="60"/>`
    const id = await bench.createKey(rotated)
    await bench.ask('2.1', 'Activate', uid(id))
    told()
    bench.now += 120
    await bench.rotor.turn()
    const entries = bench.audit.entries
    expect(entries.map(shortly)).toEqual(['intent ReKey', 'outcome ReKey success'])
    expect(entries[0]).toMatchObject({ client: 'alice', rule: 'rotation' })
    expect(identifierOf(await bench.ask('2.1', 'Get', uid(id)))).toBe(id)
  })
})
