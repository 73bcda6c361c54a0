import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLevelStore } from '../../src/adapter/store-level/index.ts'
import type { LevelStore } from '../../src/adapter/store-level/store.ts'
import { ResultReason } from '../../src/spec/enum/result-reason.ts'
import { ResultStatus } from '../../src/spec/enum/result-status.ts'
import { unlockPlain } from '../adapter/fixtures/plain-unlock.ts'
import { silentLog } from '../adapter/fixtures/recording-log.ts'
import { TAGS, childOf, readAnswer, textOf, type AnswerItem } from './answer.ts'
import { attribute, create, name, on, register, request, revoke, text } from './request.ts'
import { createSubject, PEER, type Subject } from './subject.ts'

let directory: string
let store: LevelStore
let subject: Subject
let key: string
/** Keys that nobody was given yet, the one in a group of objects. */
let fresh: string
let member: string

/** The items of the answer to a message of version 1.4, which has the reasons of 1.x. */
async function ask(...items: Parameters<typeof request>[0]): Promise<readonly AnswerItem[]> {
  const reply = await subject.handler.handle(request(items), PEER)
  return readAnswer(reply?.bytes ?? new Uint8Array(0)).items
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kmipd-read-only-'))
  store = await openLevelStore({
    directory: join(directory, 'store'),
    create: true,
    unlock: unlockPlain,
    log: silentLog,
  })
  subject = await createSubject(store)
  const [made] = await ask(create(name('before')))
  key = textOf(childOf(made?.payload, TAGS.uniqueIdentifier)) ?? ''
  await ask(on(key, 'Get'))
  const [other] = await ask(create(name('never given')))
  fresh = textOf(childOf(other?.payload, TAGS.uniqueIdentifier)) ?? ''
  const [third] = await ask(create(name('of a group')))
  member = textOf(childOf(third?.payload, TAGS.uniqueIdentifier)) ?? ''
  const [grouped] = await ask(
    on(member, 'AddAttribute', attribute('Object Group', text(0x42000b, 'pool'))),
  )
  expect(grouped?.status).toBe(ResultStatus.Success)
  store.refuseWrites('one entry is missing')
})

afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true })
})

describe('a server whose store nothing may be written to', () => {
  test.each(['Get', 'GetAttributes', 'GetAttributeList'] as const)(
    'answers %s',
    async (operation) => {
      const [answer] = await ask(on(key, operation))
      expect(answer?.message).toBeUndefined()
    },
  )

  test('answers the first Get of a key, which goes on being fresh', async () => {
    for (let time = 0; time < 2; time += 1) {
      const [answer] = await ask(on(fresh, 'Get'))
      expect(answer?.message).toBeUndefined()
    }
  })

  test.each([
    ['Create', () => create(name('after'))],
    ['Register', () => register(Buffer.alloc(32, 7))],
    ['Activate', () => on(key, 'Activate')],
    ['Revoke', () => revoke(key, 'compromised')],
    ['Destroy', () => on(key, 'Destroy')],
    // A group gives each of its fresh objects once (KMIP 1.4 section 4.9), and that this was it could not be stored.
    ['the first Get of a key in a group', () => on(member, 'Get')],
    ['AddAttribute', () => on(key, 'AddAttribute', name('another'))],
  ] as const)('refuses %s as a General Failure, and changes nothing', async (_, item) => {
    const { head } = store
    const [answer] = await ask(item())
    expect(answer?.status).toBe(ResultStatus.OperationFailed)
    expect(answer?.reason).toBe(ResultReason.GeneralFailure)
    expect(answer?.message).toBe('The store is unavailable')
    expect(store.head).toEqual(head)
    const [still] = await ask(on(key, 'Get'))
    expect(still?.status).toBe(ResultStatus.Success)
  })
})
