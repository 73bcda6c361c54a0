import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { Asker, Card, Script, Stage } from '../card.ts'
import { tolerant } from '../readers/tolerant.ts'
import { integer, boolean } from '../wire/bytes.ts'
import { json, octets, xml } from '../wire/forms.ts'
import { batchItem, message, timeStamp, version, type KmipVersion } from '../wire/message.ts'
import { LINK_NEXT, LINK_PREVIOUS, Operation, State, Status } from '../wire/numbers.ts'
import {
  attributesOf,
  checkServer,
  createKey,
  getWrapped,
  link,
  list,
  registerTransportKey,
  remove,
  set,
} from './scripts.ts'
import { ZkeySession } from './session.ts'

/** TTLV over TLS, or any encoding over HTTPS; no Unique Batch Item IDs; takes what Discover Versions gives first. */
export const zkey: Card = {
  product: 'zkey (IBM Z Linux)',
  scripts: Object.fromEntries<Script>([
    ...(['tls', 'https', 'xml', 'json'] as const).flatMap((way) =>
      (['1.0', '1.1', '1.2', '1.3', '1.4', '2.0', '2.1'] as const).map(
        (stated): [string, Script] => [
          `lives with ${stated} over ${way}`,
          async (stage) => {
            await liveThrough(await open(stage, way), stated)
          },
        ],
      ),
    ),
    ...(['tls', 'https', 'xml', 'json'] as const).map((way): [string, Script] => [
      `takes the newest version over ${way}, which comes first whatever it lists first`,
      async (stage) => {
        const asker = await open(stage, way)
        expect(await discover(asker, ['1.0', '1.1', '1.2', '1.3', '1.4', '2.0', '2.1'])).toBe('2.1')
        expect(await discover(asker, ['1.0', '1.1', '1.2'])).toBe('1.2')
      },
    ]),
    ...(['pkcs8', 'transparent'] as const).map((form): [string, Script] => [
      `registers its transport key as ${form}`,
      async (stage) => {
        const session = new ZkeySession(await open(stage, 'tls'), '2.1')
        const kek = await registerTransportKey(session, 'oaep', form)
        const key = await createKey(session, uniqueName())
        expect(await getWrapped(session, key, kek, 'oaep')).toHaveLength(32)
      },
    ]),
  ]),
}

type Way = 'tls' | 'https' | 'xml' | 'json'

const FORMS = { https: octets, xml, json } as const

async function open(stage: Stage, way: Way): Promise<Asker> {
  return way === 'tls' ? stage.connect(tolerant) : stage.post(FORMS[way], tolerant)
}

function uniqueName(): string {
  return `zkey ${randomBytes(6).toString('hex')}`
}

/** The first question has the oldest version in its header, and lists all of its own, the oldest first. */
async function discover(asker: Asker, listed: readonly KmipVersion[]): Promise<string> {
  const header = [
    version('1.0'),
    boolean('BatchOrderOption', true),
    timeStamp(),
    integer('BatchCount', 1),
  ]
  const answer = await asker.ask(
    message(header, batchItem(Operation.discoverVersions, listed.map(version))),
  )
  const [first] = answer.payload(Operation.discoverVersions).all('ProtocolVersion')
  const major = first?.at('ProtocolVersionMajor').number()
  return `${major ?? ''}.${first?.at('ProtocolVersionMinor').number() ?? ''}`
}

async function liveThrough(asker: Asker, stated: KmipVersion): Promise<void> {
  const session = new ZkeySession(asker, stated)
  await checkServer(session)
  // Wrapping parameters of OAEP are understood alike since 1.2.
  for (const padding of stated >= '1.2' ? (['pkcs1', 'oaep'] as const) : (['pkcs1'] as const)) {
    const kek = await registerTransportKey(session, padding)
    const name = uniqueName()
    const sensitive = stated >= '1.4'
    const key = await createKey(session, name, sensitive)
    const first = await getWrapped(session, key, kek, padding)
    expect(first).toHaveLength(32)
    expect(await getWrapped(session, key, kek, padding)).toEqual(first)
    expect(await list(session, name)).toEqual([key])
    expect(await list(session, `${name} not`)).toEqual([])
    const attributes = await attributesOf(session, key)
    expect(attributes.get('State')?.number()).toBe(State.active)
    expect(attributes.get('zkey-description')?.text()).toBe(' ')
    if (sensitive) expect(attributes.get('Always Sensitive')?.boolean()).toBe(true)
    await change(session, key)
    // Next and Previous Link came with 1.2.
    if (stated >= '1.2') {
      const other = await createKey(session, uniqueName())
      await link(session, key, LINK_NEXT, other)
      await link(session, other, LINK_PREVIOUS, key)
    }
    await remove(session, key)
    expect(await list(session, name)).toEqual([])
  }
}

/** Setting is deleting and adding: of an attribute that is there, and of one that is not. */
async function change(session: ZkeySession, key: string): Promise<void> {
  const there = await set(session, key, 'zkey-description', 'a volume')
  expect(there.items[0]?.at('ResultStatus').number()).toBe(Status.success)
  const absent = await set(session, key, 'zkey-volumes', '/dev/dasdb')
  expect(absent.items[0]?.at('ResultStatus').number()).toBe(Status.failed)
  const changed = await attributesOf(session, key)
  expect(changed.get('zkey-description')?.text()).toBe('a volume')
  expect(changed.get('zkey-volumes')?.text()).toBe('/dev/dasdb')
}
