import { beforeEach, expect, test } from 'vitest'
import { followConditions } from '../../src/cli/conditions.ts'
import { Condition } from '../../src/server/state.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { MemoryAudit } from '../fixtures/memory-audit.ts'

type Can = 'all' | 'read' | 'nothing'
type Told<T> = (value: T) => void

let log: MemoryAudit
let condition: Condition
let store: Told<{ can: Can; why?: string }>
let audit: Told<{ canWrite: boolean; why?: string }>

beforeEach(() => {
  log = new MemoryAudit()
  condition = new Condition(silentLog)
  condition.enter('self-test')
  condition.enter('sealed')
  follow()
})

function follow(): void {
  const watched = {
    store: { watch: (told: typeof store) => (store = told) },
  }
  const told = { trail: log.trail, watch: (each: typeof audit) => (audit = each) }
  followConditions(watched as never, told as never, condition)
  store({ can: 'all' })
  audit({ canWrite: true })
}

const states = () => log.entries.map(({ detail }) => detail?.['state'])
const now = () => [condition.state, condition.why]

test('what the store can do is what the server can, and each change is told', () => {
  store({ can: 'read', why: 'the disk is full' })
  expect(now()).toEqual(['read-only', 'the disk is full'])
  store({ can: 'nothing', why: 'it failed' })
  store({ can: 'all' })
  expect(now()).toEqual(['serving', undefined])
  expect(states()).toEqual(['serving', 'read-only', 'error', 'serving'])
  expect(log.entries[1]).toMatchObject({ operation: 'State', detail: { why: 'the disk is full' } })
})

test('while the audit cannot be written nothing is served, whatever the store can do', () => {
  log.isFailing = true
  audit({ canWrite: false, why: 'no room' })
  expect(now()).toEqual(['error', 'The audit log cannot be written: no room'])
  store({ can: 'read', why: 'damaged' })
  expect(condition.state).toBe('error')
  log.isFailing = false
  audit({ canWrite: true })
  expect(now()).toEqual(['read-only', 'damaged'])
  expect(states()).toEqual(['serving', 'read-only'])
})

test('another reason for the same state is known, and not told again', () => {
  store({ can: 'read', why: 'one' })
  store({ can: 'read', why: 'another' })
  expect(now()).toEqual(['read-only', 'another'])
  expect(states()).toEqual(['serving', 'read-only'])
})

test('a change that cannot be told changes the state all the same', () => {
  log.isFailing = true
  store({ can: 'read' })
  expect(condition.state).toBe('read-only')
})
