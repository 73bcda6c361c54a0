import { BUILT_IN_ROLES } from '../../src/config/roles.ts'
import type { Credentials } from '../../src/operation/context.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import { operationsOf } from '../../src/model/permission/operation-class.ts'
import { CompiledPolicy } from '../../src/model/permission/permission.ts'
import { EMPTY_POLICY } from '../../src/model/permission/policy.ts'
import { membersOf } from '../../src/schema/enumeration.ts'
import { PolicyInForce } from '../../src/server/policy-in-force.ts'
import type { Permissions } from '../../src/server/authorise.ts'
import { ObjectType } from '../../src/spec/enum/object-type.ts'
import { CryptographicUsageMask } from '../../src/spec/mask/cryptographic-usage-mask.ts'
import { Tag } from '../../src/spec/tag.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { attribute1, Bench, find, findAll, messageOf, textOf } from '../operation/harness.ts'
import {
  ASKER,
  ELSEWHERE,
  HERE,
  identifierOf,
  namespaceId,
  readPolicy,
  type Relation,
  type StateName,
} from './cases.ts'
import {
  certificateBytes,
  kindOf,
  newRegistration,
  registration,
  uidText,
  type Wanted,
} from './kinds.ts'
import type { PlainIdentity, PlainObject } from './oracle.ts'

/** The role of whoever puts things up, and of the one who may do everything with everything in the namespace. */
export const FREE = 'free'
const LATER = enumerationOf('Mandatory')
/** Certificates of the tests are made for these days. */
const NOW = Math.trunc(Date.now() / 1000)

export interface Told {
  /** `done`, or the Result Reason with what was said of it; for Locate with how many were found. */
  readonly outcome: string
  readonly payload: Item | undefined
  readonly bytes: Uint8Array
  /** Asynchronous Correlation Value, in hexadecimal. */
  readonly correlation: string
}

export interface Asked {
  readonly payload?: string
  readonly version?: string
  /** XML of header fields. */
  readonly header?: string
}

/** What is put up. */
export interface Placing extends Omit<Wanted, 'name'> {
  readonly relation: Relation
  readonly state: StateName
}

export interface Made {
  readonly id: string
  readonly name: string
  readonly object: PlainObject
}

/** An object as it is stored. */
export interface Found {
  readonly id: string
  readonly object: PlainObject
}

/** The key pair that certificates are issued with. */
interface IssuingPair {
  owner: string | undefined
  namespace: string | undefined
  privateKey: string
  certificate: string
  readonly days: number
}

/** A server under the policy, and objects on it. */
export class Stage {
  readonly #bench: Bench
  readonly #issuer: IssuingPair
  #made = 0
  #usual: { readonly key: Made; readonly certificate: Made } | undefined

  private constructor(bench: Bench, issuer: IssuingPair) {
    this.#bench = bench
    this.#issuer = issuer
  }

  static async open(): Promise<Stage> {
    const issuer = { owner: undefined, namespace: undefined, privateKey: '', certificate: '' }
    const pair = { ...issuer, days: 30 }
    const bench = await Bench.open({
      permissions: PERMISSIONS,
      credentials,
      cryptoki: { applications: 40, sessions: 80 },
      issuer: pair,
      jobs: {},
      policy: { interop: true },
    })
    bench.now = NOW
    return new Stage(bench, pair)
  }

  async ask(who: PlainIdentity, operation: string, asked: Asked = {}): Promise<Told> {
    const { payload = '', version = '2.1', header = '' } = asked
    const bytes = encode(messageOf(version, [{ operation, payload }], { header }))
    const { name, role } = who
    const credential = { issuer: 'aa', subject: 'bb' }
    const client = { id: identifierOf(name), name, role, credential }
    const identity = { ...client, namespace: namespaceId(who.namespace) }
    const reply = await this.#bench.handler.handle(bytes, { identity, connection: 'c-1' })
    if (reply === undefined) throw new TypeError('nothing was answered')
    return readAnswer(reply.bytes, operation)
  }

  /** Puts up an object in a state, whatever the policy says. */
  async make(placing: Placing): Promise<Made> {
    const { kind, relation, state } = placing
    const name = this.nameFor(relation)
    const { namespace = HERE, owner, groups = [], policyName } = relation
    const maker = { name: owner, role: FREE, namespace }
    const id = await this.#register({ ...placing, name }, maker)
    for (const [operation, rest] of stepsTo(state)) {
      const step = await this.ask(maker, operation, { payload: uidText(id) + rest })
      if (step.outcome !== 'done') throw new TypeError(`${kind}, ${operation}: ${step.outcome}`)
    }
    const { type, usage } = kindOf(kind)
    const object = { owner, namespace, names: [name], groups, type, usage }
    return { id, name, object: policyName === undefined ? object : { ...object, policyName } }
  }

  /** A name that nothing has yet. */
  nameFor({ name = 'x-' }: Relation): string {
    this.#made += 1
    return `${name}${String(this.#made)}`
  }

  /** An identifier of the form of the server's that nothing has yet. */
  unused(): string {
    this.#made += 1
    return `00000000-0000-4000-8000-9${String(this.#made).padStart(11, '0')}`
  }

  async #register(wanted: Wanted, maker: PlainIdentity): Promise<string> {
    const isNew = kindOf(wanted.kind).isNew === true
    const told = await this.ask(maker, 'Register', {
      payload: isNew ? newRegistration(wanted) : registration(wanted),
      version: isNew ? '2.1' : VERSION_OF_TEMPLATES,
    })
    const id = textOf(find(told.payload, Tag.UniqueIdentifier))
    if (id === undefined) throw new TypeError(`nothing was registered: ${told.outcome}`)
    const { policyName } = wanted.relation
    if (isNew && policyName !== undefined) {
      const payload = uidText(id) + attribute1('Operation Policy Name', 'TextString', policyName)
      const { outcome } = await this.ask(maker, 'AddAttribute', { payload, version: '1.4' })
      if (outcome !== 'done') throw new TypeError(`Operation Policy Name: ${outcome}`)
    }
    return id
  }

  /** Has certificates issued with a pair of somebody who is in another namespace. */
  async issueUsually(): Promise<void> {
    const relation = { what: 'the issuing pair', owner: 'issuer', namespace: ELSEWHERE }
    this.#usual ??= {
      key: await this.make({ kind: 'issuing', relation, state: 'Active' }),
      certificate: await this.make({ kind: 'issuingCertificate', relation, state: 'PreActive' }),
    }
    this.issueWith(this.#usual.key.name, this.#usual.certificate.name, relation)
  }

  /** Has certificates issued with a pair from now on. */
  issueWith(key: string, certificate: string, { owner, namespace = HERE }: Relation): void {
    this.#issuer.owner = identifierOf(owner)
    this.#issuer.namespace = namespaceId(namespace)
    this.#issuer.privateKey = key
    this.#issuer.certificate = certificate
  }

  /** Has a client ask for something that it has done later; gives the Asynchronous Correlation Value. */
  async request({ owner, namespace = HERE }: Relation): Promise<string> {
    const asker = { name: owner, role: FREE, namespace }
    const payload = '<DataLength type="Integer" value="8"/>'
    const { correlation } = await this.ask(asker, 'RNGRetrieve', { payload, header: LATER })
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    return correlation
  }

  /** What is in the namespace, whoever may see it. */
  async objects(): Promise<readonly Found[]> {
    const scope = { owner: identifierOf(ASKER), namespace: namespaceId(HERE), now: NOW }
    const unit = this.#bench.repository.begin(scope)
    const { uniqueIdentifiers } = await unit.locate({
      criteria: [],
      statuses: ['online', 'archived', 'destroyed'],
      ...{ offset: 0, limit: 1_000, count: false },
    })
    return Promise.all(
      uniqueIdentifiers.map(async (id) => ({ id, object: plain(await unit.load(id)) })),
    )
  }
}

const REAL = new PolicyInForce(new CompiledPolicy(readPolicy(), BUILT_IN_ROLES))
const ALL = new PolicyInForce(new CompiledPolicy(EMPTY_POLICY, new Map([[FREE, freeRole()]])))
const PERMISSIONS: Permissions = {
  of: (identity) => (identity.role === FREE ? ALL : REAL).of(identity),
}

/** Certificates that open nothing. */
const credentials: Credentials = {
  issue: () => certificateBytes(),
  check: () => undefined,
  replacement: async () =>
    Promise.resolve({ changes: { checks: [], puts: [], dels: [] }, stored: () => undefined }),
}

/** The last version that has templates. */
const VERSION_OF_TEMPLATES = '1.4'

function freeRole() {
  const operations = new Set(operationsOf('all'))
  return { isOfficer: false, allow: [{ operations, objects: { owner: 'any' } }], deny: [] } as const
}

function enumerationOf(value: string): string {
  return `<AsynchronousIndicator type="Enumeration" value="${value}"/>`
}

const TYPES = membersOf(ObjectType)

/** What the rules look at of an object. */
function plain({ owner, objectType, attributes }: ManagedObject): PlainObject {
  const mask = attributes.get('CryptographicUsageMask') ?? 0
  const policyName = attributes.get('OperationPolicyName')
  const object = {
    owner: owner.replace(identifierOf(''), ''),
    namespace: HERE,
    names: attributes.all('Name').map(({ nameValue }) => nameValue),
    groups: attributes.all('ObjectGroup'),
    type: TYPES.nameOf(objectType) ?? '',
    usage: Object.entries(CryptographicUsageMask).flatMap(([name, bit]) =>
      (mask & bit) === 0 ? [] : [name],
    ),
  }
  return policyName === undefined ? object : { ...object, policyName }
}

const REVOKE = (reason: string): readonly [string, string] => [
  'Revoke',
  `<RevocationReason><RevocationReasonCode type="Enumeration" value="${reason}"/></RevocationReason>`,
]

const STEPS: Readonly<Record<StateName, readonly (readonly [string, string])[]>> = {
  PreActive: [],
  Active: [['Activate', '']],
  Deactivated: [['Activate', ''], REVOKE('CessationOfOperation')],
  Compromised: [REVOKE('KeyCompromise')],
  Destroyed: [['Destroy', '']],
  Archived: [
    ['Activate', ''],
    ['Archive', ''],
  ],
}

const stepsTo = (state: StateName): readonly (readonly [string, string])[] => STEPS[state]

function readAnswer(bytes: Uint8Array, operation: string): Told {
  const item = find(decode(bytes), Tag.BatchItem)
  const payload = find(item, Tag.ResponsePayload)
  const outcome = outcomeOf(item)
  const found = findAll(payload, Tag.UniqueIdentifier).length
  const isLocate = operation === 'Locate' && outcome === 'done'
  const value = find(item, Tag.AsynchronousCorrelationValue)
  const correlation =
    value?.type === ItemType.ByteString ? Buffer.from(value.value).toString('hex') : ''
  const told = isLocate ? `done ${String(found)}` : outcome
  return { outcome: told, payload, bytes, correlation }
}

/** The byte string of a tag, in hexadecimal; nothing where there is none. */
export function bytesIn({ payload }: Told, tag: { readonly number: number }): string {
  const found = find(payload, tag)
  return found?.type === ItemType.ByteString ? Buffer.from(found.value).toString('hex') : ''
}

function outcomeOf(item: Item | undefined): string {
  const status = find(item, Tag.ResultStatus)
  if (status?.type === ItemType.Enumeration && status.value === 0) return 'done'
  const reason = find(item, Tag.ResultReason)
  const said = textOf(find(item, Tag.ResultMessage)) ?? 'nothing'
  return reason?.type === ItemType.Enumeration ? `${String(reason.value)} ${said}` : said
}
