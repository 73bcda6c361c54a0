import { KmipFault } from '../fault/fault.ts'
import { attributeItem } from '../message/attribute-item.ts'
import { isVendorReference } from '../model/attribute-reference.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { tenantOf, type ManagedObject } from '../model/managed-object.ts'
import { settle } from '../model/lifecycle.ts'
import { checkTrustable, withTrust } from '../model/wrapping-trust.ts'
import type { Clock } from '../port/clock.ts'
import type { ObjectRepository } from '../repository/object-repository.ts'
import type { UnitOfWork } from '../repository/unit-of-work.ts'
import { membersOf } from '../schema/enumeration.ts'
import { Attribute } from '../spec/attribute.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { State } from '../spec/enum/state.ts'
import { vocabulary } from '../spec/vocabulary.ts'
import { dump } from '../ttlv/dump.ts'
import type { ObjectCatalogue, PageRequest } from './catalogue.ts'
import { phraseOf } from './phrase.ts'
import type { ObjectSummary } from './schema.ts'

export interface CatalogueOptions {
  readonly objects: ObjectRepository
  readonly clock: Clock
  /** Name of a client by its identifier; undefined for one that is gone. */
  readonly ownerName: (id: string) => string | undefined
  /** Name of a namespace by its identifier. */
  readonly namespaceName: (id: string) => string | undefined
}

/** Lists the objects of a repository for those who run the server. */
export function createObjectCatalogue(options: CatalogueOptions): ObjectCatalogue {
  const { objects, clock } = options
  return {
    async list({ limit, after }) {
      const before = positionOf(after)
      // One more than asked for tells whether there is another page.
      const page = before === undefined ? { limit: limit + 1 } : { limit: limit + 1, before }
      const found = await objects.list(page, clock.now())
      const listed = found.slice(0, limit)
      const last = listed.at(-1)
      const summaries = listed.map(({ object }) => summaryOf(object, options))
      return last === undefined || found.length <= limit
        ? { objects: summaries }
        : { objects: summaries, next: last.sequence.toString() }
    },
    async show(id) {
      const [stored] = await objects.everyOf(id)
      if (stored === undefined) return undefined
      const object = settle(stored.object, clock.now())
      const attributes = [...object.attributes.entries()]
        .filter(({ reference }) => !tellsSecret(object, reference.name))
        .map(lineOf)
      return { ...summaryOf(object, options), attributes }
    },
    async describe(id) {
      const all = await objects.everyOf(id)
      return all.map(({ object }) => descriptionOf(object, options))
    },
    trust: async (id, trusts) => trust(id, trusts, options),
  }
}

/** How often marking is tried when a client was faster. */
const ATTEMPTS = 20

async function trust(
  id: string,
  trusts: boolean,
  { objects, clock }: CatalogueOptions,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [stored, ...others] = await objects.everyOf(id)
    if (stored === undefined) return false
    if (others.length > 0) {
      throw new KmipFault('NOT_PERMITTED', 'Several tenants have an object of this identifier')
    }
    const { owner } = stored.object
    const unit = objects.begin({ owner, namespace: tenantOf(stored.object), now: clock.now() })
    const object = await unit.load(id)
    if (trusts) checkTrustable(object, await privateHalfOf(object, unit))
    await unit.save(withTrust(object, trusts))
    if ((await unit.commit()) === 'done') return true
  }
  throw new KmipFault('CONFLICT', 'A client keeps changing the object')
}

async function privateHalfOf(
  { objectType, attributes }: ManagedObject,
  unit: UnitOfWork,
): Promise<ManagedObject | undefined> {
  if (objectType !== ObjectType.PublicKey) return undefined
  const link = attributes
    .all('Link')
    .findLast(({ linkType }) => linkType === LinkType.PrivateKeyLink)
  return link && unit.find(link.linkedObjectIdentifier)
}

/** Pages go on behind the sequence number that the page before ended with. */
function positionOf(after: PageRequest['after']): bigint | undefined {
  if (after === undefined) return undefined
  if (/^\d{1,19}$/u.test(after)) return BigInt(after)
  throw new KmipFault('INVALID_FIELD', 'No page ended there')
}

function summaryOf(
  object: ManagedObject,
  { ownerName, namespaceName }: CatalogueOptions,
): ObjectSummary {
  const { attributes, owner, namespace } = object
  return {
    id: object.uniqueIdentifier,
    type: nameOf(ObjectType, object.objectType) ?? 'unknown',
    owner: ownerName(owner) ?? owner,
    namespace: namespace === undefined ? undefined : (namespaceName(namespace) ?? namespace),
    state: nameOf(State, attributes.get('State')),
    name: attributes.get('Name')?.nameValue,
    algorithm: nameOf(CryptographicAlgorithm, attributes.get('CryptographicAlgorithm')),
    length: attributes.get('CryptographicLength'),
    created: attributes.get('InitialDate'),
  }
}

/** What does not change by itself of an object: its state does. */
function descriptionOf(object: ManagedObject, options: CatalogueOptions): string {
  const { type, owner, namespace, created } = summaryOf(object, options)
  const { attributes } = object
  const digests = tellsSecret(object, 'Digest') ? [] : attributes.all('Digest')
  const facts = [
    `${type} of ${owner} (${object.owner})`,
    ...(namespace === undefined ? [] : [`in ${namespace}`]),
    ...attributes.all('Name').map(({ nameValue }) => `Name ${JSON.stringify(nameValue)}`),
    ...(created === undefined ? [] : [`made ${created}`]),
    ...digests.map(({ digestValue }) => `digest ${Buffer.from(digestValue ?? []).toString('hex')}`),
  ]
  return facts.join(', ')
}

function nameOf(
  members: Parameters<typeof membersOf>[0],
  value: number | undefined,
): string | undefined {
  return value === undefined ? undefined : membersOf(members).nameOf(value)
}

/** A password can be guessed from its digest. */
function tellsSecret({ objectType }: ManagedObject, attribute: string): boolean {
  return objectType === ObjectType.SecretData && attribute === 'Digest'
}

/** An attribute in words; `dump` leaves out what must not be seen. */
function lineOf(entry: AttributeEntry): { name: string; value: string } {
  const { reference } = entry
  const name = isVendorReference(reference)
    ? `${reference.vendor}-${reference.name}`
    : Attribute[reference.name].title
  return { name, value: phraseOf(dump(attributeItem(entry), vocabulary)) }
}
