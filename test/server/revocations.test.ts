import { X509Certificate } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { KmipFault } from '../../src/fault/fault.ts'
import type { ListAge, RevocationList } from '../../src/port/revocation.ts'
import type { TrustedAuthority } from '../../src/repository/authority-book.ts'
import { plainSerial, type PeerCertificate } from '../../src/server/identify.ts'
import { authorityId, Revocations } from '../../src/server/revocations.ts'
import { createTestAuthority, type TestAuthority } from '../fixtures/authority.ts'
import { ManualTicker, MemoryLog } from './listener.fixture.ts'

const NOW = 1_900_000_000
const root = createTestAuthority('Root')
const below = root.intermediate('Below')
const listless = createTestAuthority('Listless')

/** A file: what `read` gives or throws, and what tells it from what was there before. */
interface File {
  readonly stamp: string
  readonly content: RevocationList | KmipFault
}

let files: Map<string, File>
let remembered: [string, ListAge][]
let changes: number
/** What telling of a change fails with. */
let failing: Error | undefined
let log: MemoryLog
let ticker: ManualTicker
let now: number
let trusted: TrustedAuthority[]
let count = 0

function put(path: string, content: RevocationList | KmipFault): void {
  count += 1
  files.set(path, { stamp: String(count), content })
}

function trust(authority: TestAuthority, crl?: string): TrustedAuthority {
  const certificate = Uint8Array.from(new X509Certificate(authority.cert).raw)
  return {
    id: authorityId(certificate),
    certificate,
    added: NOW,
    ...(crl !== undefined && { crl }),
  }
}

const list = (serials: readonly string[], more: Partial<RevocationList> = {}): RevocationList => ({
  thisUpdate: NOW - 10,
  nextUpdate: NOW + 1_000,
  serials: new Set(serials),
  ...more,
})

function certificate(authority: TestAuthority, serial: string): PeerCertificate {
  const issuer = trust(authority).id
  return { key: { issuer, subject: 'aa' }, serial, notAfter: NOW + 10_000 }
}

function create(expiredLists: 'warn' | 'refuse' = 'warn'): Revocations {
  return new Revocations({
    authorities: () => trusted,
    lists: {
      stamp: async (path) => Promise.resolve(files.get(path)?.stamp),
      async read(path) {
        const content = files.get(path)?.content ?? new KmipFault('UNAVAILABLE', 'not there')
        if (content instanceof KmipFault) throw content
        return Promise.resolve(content)
      },
    },
    remember: async (id, seen) => {
      remembered.push([id, seen])
      return Promise.resolve()
    },
    changed: () => {
      if (failing !== undefined) throw failing
      changes += 1
    },
    clock: { now: () => now },
    ticker,
    log,
    limits: { crlSeconds: 2, expiredLists },
  })
}

beforeEach(() => {
  files = new Map()
  remembered = []
  changes = 0
  failing = undefined
  log = new MemoryLog()
  ticker = new ManualTicker()
  now = NOW
  trusted = [trust(root, '/root')]
})

describe('revocation lists', () => {
  test('refuse what they list, and nothing of an authority that has none', async () => {
    trusted.push(trust(listless))
    put('/root', list(['A1', 'B2']))
    const revocations = create()
    await revocations.start()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    expect(revocations.isRevoked(certificate(root, 'A2'))).toBe(false)
    expect(revocations.isRevoked(certificate(listless, 'A1'))).toBe(false)
    await revocations.close()
  })

  test('say why a certificate is not good, as far as it is known', async () => {
    trusted = [trust(root, '/root'), trust(below), trust(listless)]
    const underneath = trust(below).id
    put('/root', list(['A1']))
    const revocations = create('refuse')
    const against = (authority: TestAuthority, serial?: string) =>
      revocations.reasonAgainst(trust(authority).id, serial)
    await revocations.start()
    expect(against(root, 'A1')).toBe('listed')
    expect(against(root, 'A2')).toBeUndefined()
    expect(against(root)).toBeUndefined()
    expect(against(listless, 'A1')).toBeUndefined()
    expect(revocations.reasonAgainst(underneath, 'A1')).toBeUndefined()
    const serial = plainSerial(new X509Certificate(below.cert).serialNumber) ?? ''
    put('/root', list([serial], { thisUpdate: NOW - 5 }))
    await revocations.reload()
    expect(revocations.reasonAgainst(underneath, undefined)).toBe('authority')
    now = NOW + 2_000
    expect(against(root)).toBe('no list')
    await revocations.close()
  })

  test('are read anew within seconds of a change, and tell at once', async () => {
    put('/root', list([]))
    const revocations = create()
    await revocations.start()
    const before = changes
    put('/root', list(['A1'], { thisUpdate: NOW - 5 }))
    ticker.advance(2_000)
    await revocations.close()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    expect(changes).toBe(before + 1)
  })

  test('that cannot be used leave the one before in force, and are told of', async () => {
    put('/root', list(['A1']))
    const revocations = create()
    await revocations.start()
    const bad = [
      new KmipFault('INVALID_FIELD', 'The revocation list is not signed by its authority'),
      list([], { thisUpdate: NOW - 11 }),
      list([], { thisUpdate: NOW + 301 }),
    ]
    for (const content of bad) {
      put('/root', content)
      await revocations.reload()
      expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
      expect(revocations.report()[0]?.problem).toBeDefined()
    }
    files.delete('/root')
    await revocations.reload()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    const told = log.lines.filter(({ level }) => level === 'error')
    expect(told.map(({ event }) => event)).toContain('revocation list cannot be relied on')
    put('/root', list([], { thisUpdate: NOW - 1 }))
    await revocations.reload()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(false)
    expect(revocations.report()[0]?.problem).toBeUndefined()
  })

  test('are never older by number, and go on having one', async () => {
    put('/root', list(['A1'], { number: '0fff' }))
    const revocations = create()
    await revocations.start()
    for (const number of ['0ffe', undefined]) {
      put('/root', list([], { thisUpdate: NOW, ...(number !== undefined && { number }) }))
      await revocations.reload()
      expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    }
    put('/root', list([], { thisUpdate: NOW, number: '1000' }))
    await revocations.reload()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(false)
    expect(remembered.map(([, { number }]) => number)).toEqual(['0fff', '1000'])
  })

  test('are no older than one that an earlier start has seen', async () => {
    trusted = [{ ...trust(root, '/root'), seen: { thisUpdate: NOW - 5 } }]
    put('/root', list([]))
    const revocations = create()
    await revocations.start()
    expect(revocations.isRevoked(certificate(root, 'FF'))).toBe(true)
    await revocations.close()
  })

  test('that were never there refuse every client of their authority', async () => {
    const revocations = create()
    await revocations.start()
    expect(revocations.isRevoked(certificate(root, 'FF'))).toBe(true)
    expect(revocations.isRevoked(certificate(listless, 'FF'))).toBe(false)
    await revocations.close()
  })

  test('warn when half of their time has passed, and loudly when all of it has', async () => {
    put('/root', list(['A1'], { thisUpdate: NOW, nextUpdate: NOW + 100 }))
    const revocations = create()
    await revocations.start()
    const levels = () => log.lines.filter(({ level }) => level !== 'info').map((line) => line.level)
    expect(levels()).toEqual([])
    now = NOW + 51
    await revocations.reload()
    expect(levels()).toEqual(['warn'])
    now = NOW + 101
    await revocations.reload()
    expect(levels()).toEqual(['warn', 'error'])
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    expect(revocations.isRevoked(certificate(root, 'A2'))).toBe(false)
  })

  test('that have expired refuse everybody where that is wanted', async () => {
    put('/root', list(['A1'], { nextUpdate: NOW + 100 }))
    const revocations = create('refuse')
    await revocations.start()
    expect(revocations.isRevoked(certificate(root, 'A2'))).toBe(false)
    now = NOW + 101
    expect(revocations.isRevoked(certificate(root, 'A2'))).toBe(true)
    await revocations.close()
  })

  test('take authorities back as well, with all below them', async () => {
    const lowest = below.intermediate('Lowest')
    trusted = [trust(root, '/root'), trust(below), trust(lowest), trust(listless)]
    put('/root', list([]))
    const revocations = create()
    await revocations.start()
    expect(revocations.isRevoked(certificate(lowest, '1'))).toBe(false)
    const serial = new X509Certificate(below.cert).serialNumber.replace(/^0+/, '')
    put('/root', list([serial], { thisUpdate: NOW }))
    await revocations.reload()
    for (const each of [below, lowest]) {
      expect(revocations.isRevoked(certificate(each, '1'))).toBe(true)
    }
    for (const each of [root, listless]) {
      expect(revocations.isRevoked(certificate(each, '1'))).toBe(false)
    }
    await revocations.close()
  })

  test('that were never there refuse the clients of authorities below, too', async () => {
    trusted = [trust(root, '/root'), trust(below), trust(listless)]
    const revocations = create()
    await revocations.start()
    expect(revocations.isRevoked(certificate(below, '1'))).toBe(true)
    expect(revocations.isRevoked(certificate(listless, '1'))).toBe(false)
    put('/root', list([]))
    await revocations.reload()
    expect(revocations.isRevoked(certificate(below, '1'))).toBe(false)
    await revocations.close()
  })

  test('that have expired refuse the clients of authorities below where that is wanted', async () => {
    trusted = [trust(root, '/root'), trust(below)]
    put('/root', list([], { nextUpdate: NOW + 100 }))
    const revocations = create('refuse')
    await revocations.start()
    expect(revocations.isRevoked(certificate(below, '1'))).toBe(false)
    now = NOW + 101
    await revocations.reload()
    expect(revocations.isRevoked(certificate(below, '1'))).toBe(true)
    await revocations.close()
  })

  test('go on being read, and told of, after a change could not be told', async () => {
    put('/root', list([]))
    const revocations = create()
    failing = new TypeError('a bug')
    await revocations.start()
    expect(log.lines.at(-1)?.level).toBe('error')
    failing = undefined
    changes = 0
    put('/root', list(['A1'], { thisUpdate: NOW }))
    await revocations.reload()
    expect(revocations.isRevoked(certificate(root, 'A1'))).toBe(true)
    expect(changes).toBe(1)
    await revocations.close()
  })
})
