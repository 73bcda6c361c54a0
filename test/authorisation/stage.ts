import { generateKeyPairSync } from 'node:crypto'
import { BUILT_IN_ROLES } from '../../src/config/roles.ts'
import { CompiledPolicy } from '../../src/model/permission/permission.ts'
import { PolicyInForce } from '../../src/server/policy-in-force.ts'
import type { Permissions } from '../../src/server/authorise.ts'
import { Tag } from '../../src/spec/tag.ts'
import { decode } from '../../src/ttlv/decode.ts'
import { encode } from '../../src/ttlv/encode.ts'
import { ItemType, type Item } from '../../src/ttlv/item.ts'
import { ownPermissions } from '../fixtures/permissions.ts'
import { attribute1, Bench, find, findAll, messageOf, name1, textOf } from '../operation/harness.ts'
import { POLICY, policyOf, type Relation, type StateName } from './cases.ts'
import type { PlainIdentity, PlainObject } from './oracle.ts'

/** What is put up before anybody is asked whether they may. */
const MAKER = 'maker'

export interface Told {
  /** `done`, or the Result Reason with what was said of it; for Locate with how many were found. */
  readonly outcome: string
  readonly payload: Item | undefined
  readonly bytes: Uint8Array
}

/** A server under the policy, and objects on it. */
export class Stage {
  readonly #bench: Bench
  #made = 0

  private constructor(bench: Bench) {
    this.#bench = bench
  }

  static async open(): Promise<Stage> {
    const real = new PolicyInForce(new CompiledPolicy(policyOf(POLICY), BUILT_IN_ROLES))
    const free = ownPermissions({ [MAKER]: 'all' })
    const permissions: Permissions = {
      of: (identity) => (identity.role === MAKER ? free : real).of(identity),
    }
    return new Stage(await Bench.open({ permissions }))
  }

  async ask(
    who: PlainIdentity,
    operation: string,
    { payload = '', version = '2.1' } = {},
  ): Promise<Told> {
    const bytes = encode(messageOf(version, [{ operation, payload }], {}))
    const identity = { id: who.id, name: who.id, role: who.role, namespace: who.namespace }
    const reply = await this.#bench.handler.handle(bytes, { identity, connection: 'c-1' })
    if (reply === undefined) throw new TypeError('nothing was answered')
    return readAnswer(reply.bytes, operation)
  }

  /** Puts up an object in a state, whatever the policy says. */
  async make(kind: Kind, of: Placing): Promise<Made> {
    this.#made += 1
    const name = `${of.relation.name ?? 'x-'}${String(this.#made)}`
    const maker = { id: of.relation.owner, role: MAKER, namespace: of.namespace }
    const { type, usage } = KINDS[kind]
    const payload = registration(kind, name, of.relation)
    const { payload: made, outcome } = await this.ask(maker, 'Register', {
      payload,
      version: '1.4',
    })
    const id = textOf(find(made, Tag.UniqueIdentifier))
    if (id === undefined) throw new TypeError(`nothing was registered: ${outcome}`)
    for (const [operation, rest] of STEPS[of.state]) {
      const step = await this.ask(maker, operation, { payload: uidText(id) + rest })
      if (step.outcome !== 'done') throw new TypeError(`${operation}: ${step.outcome}`)
    }
    const { owner, groups = [], policyName } = of.relation
    const object = { owner, namespace: of.namespace, names: [name], groups, type, usage }
    return { id, name, object: policyName === undefined ? object : { ...object, policyName } }
  }
}

export interface Placing {
  readonly relation: Relation
  readonly namespace: string
  readonly state: StateName
}

export interface Made {
  readonly id: string
  readonly name: string
  readonly object: PlainObject
}

export const uidText = (id: string): string => `<UniqueIdentifier type="TextString" value="${id}"/>`

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

/** What objects are registered. */
export type Kind = 'symmetric' | 'derivation' | 'wrapping' | 'private' | 'public'

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const KINDS: Readonly<
  Record<Kind, { readonly type: string; readonly usage: readonly string[]; readonly block: string }>
> = {
  symmetric: {
    type: 'SymmetricKey',
    usage: ['Encrypt', 'Decrypt', 'MACGenerate', 'MACVerify'],
    block: symmetricBlock('00112233445566778899aabbccddeeff'),
  },
  derivation: {
    type: 'SymmetricKey',
    usage: ['DeriveKey'],
    block: symmetricBlock('ffeeddccbbaa99887766554433221100'),
  },
  wrapping: {
    type: 'SymmetricKey',
    usage: ['WrapKey'],
    block: symmetricBlock('0123456789abcdeffedcba9876543210'),
  },
  private: {
    type: 'PrivateKey',
    usage: ['Sign'],
    block: keyBlock('PKCS_8', pair.privateKey.export({ format: 'der', type: 'pkcs8' })),
  },
  public: {
    type: 'PublicKey',
    usage: ['Verify'],
    block: keyBlock('X_509', pair.publicKey.export({ format: 'der', type: 'spki' })),
  },
}

function symmetricBlock(hex: string): string {
  return keyBlock('Raw', Buffer.from(hex, 'hex'), [
    '<CryptographicAlgorithm type="Enumeration" value="AES"/>',
    '<CryptographicLength type="Integer" value="128"/>',
  ])
}

function keyBlock(format: string, material: Uint8Array, more: readonly string[] = []): string {
  return `<KeyBlock><KeyFormatType type="Enumeration" value="${format}"/><KeyValue>
    <KeyMaterial type="ByteString" value="${Buffer.from(material).toString('hex')}"/></KeyValue>
    ${more.join('')}</KeyBlock>`
}

const USAGE_LIMITS = `<Attribute><AttributeName type="TextString" value="Usage Limits"/>
  <AttributeValue><UsageLimitsTotal type="LongInteger" value="1000"/>
  <UsageLimitsUnit type="Enumeration" value="Byte"/></AttributeValue></Attribute>`

/** What Register is asked with, in KMIP 1.4. */
export function registration(
  kind: Kind,
  name: string,
  { groups = [], policyName }: Relation,
): string {
  const { type, usage, block } = KINDS[kind]
  const attributes = [
    name1(name),
    attribute1('Cryptographic Usage Mask', 'Integer', usage.join(' ')),
    attribute1('Contact Information', 'TextString', 'nobody'),
    ...(kind === 'symmetric' ? [USAGE_LIMITS] : []),
    ...groups.map((group, at) => attribute1('Object Group', 'TextString', group, at)),
    ...(policyName === undefined
      ? []
      : [attribute1('Operation Policy Name', 'TextString', policyName)]),
  ]
  return `<ObjectType type="Enumeration" value="${type}"/>
    <TemplateAttribute>${attributes.join('')}</TemplateAttribute><${type}>${block}</${type}>`
}

function readAnswer(bytes: Uint8Array, operation: string): Told {
  const item = find(decode(bytes), Tag.BatchItem)
  const payload = find(item, Tag.ResponsePayload)
  const outcome = outcomeOf(item)
  const found = findAll(payload, Tag.UniqueIdentifier).length
  const isLocate = operation === 'Locate' && outcome === 'done'
  return { outcome: isLocate ? `done ${String(found)}` : outcome, payload, bytes }
}

function outcomeOf(item: Item | undefined): string {
  const status = find(item, Tag.ResultStatus)
  if (status?.type === ItemType.Enumeration && status.value === 0) return 'done'
  const reason = find(item, Tag.ResultReason)
  const said = textOf(find(item, Tag.ResultMessage)) ?? 'nothing'
  return reason?.type === ItemType.Enumeration ? `${String(reason.value)} ${said}` : said
}
