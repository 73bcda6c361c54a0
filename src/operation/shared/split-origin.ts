import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { revoke } from '../../model/revocation.ts'
import type { DateTime } from '../../schema/primitive.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { State } from '../../spec/enum/state.ts'
import type { OperationContext } from '../context.ts'

/**
 * Refuses Split Keys of which the server knows that they were made of different keys: each part is linked to the one
 * made before it, so that all parts of a key lead to the same first one. Parts that a client registered lead nowhere,
 * and are left to arithmetic. Throws `CRYPTO_FAILED`.
 */
export async function checkSameOrigin(
  parts: readonly ManagedObject[],
  context: OperationContext,
): Promise<void> {
  const origins: Origins = new Map()
  for (const part of parts) await findOrigin(part, origins, context)
  const found = parts.flatMap(({ uniqueIdentifier }) => origins.get(uniqueIdentifier) ?? [])
  if (new Set(found).size > 1) {
    throw new KmipFault('CRYPTO_FAILED', 'The parts do not belong to one split key')
  }
}

/** By the identifier of a part, that of the one made first; undefined where the way to it is lost. */
type Origins = Map<string, string | undefined>

/** Clients may change links and so make them go round: no part is looked at twice. */
async function findOrigin(
  part: ManagedObject,
  origins: Origins,
  context: OperationContext,
): Promise<void> {
  const path: string[] = []
  let origin: string | undefined
  let at: ManagedObject | undefined = part
  while (at !== undefined) {
    const { uniqueIdentifier } = at
    if (origins.has(uniqueIdentifier)) {
      origin = origins.get(uniqueIdentifier)
      break
    }
    origins.set(uniqueIdentifier, undefined)
    path.push(uniqueIdentifier)
    const before = previousOf(at)
    if (before === undefined && isMadeHere(at)) origin = uniqueIdentifier
    at = before === undefined ? undefined : await loadIfThere(before, context)
  }
  for (const identifier of path) origins.set(identifier, origin)
}

function previousOf(part: ManagedObject): string | undefined {
  return linkedBy(part, LinkType.PreviousLink)
}

function linkedBy({ attributes }: ManagedObject, type: LinkType): string | undefined {
  return attributes.all('Link').find(({ linkType }) => linkType === type)?.linkedObjectIdentifier
}

/** The keys that Split Keys say they are parts of, as far as they are still known. */
export async function parentsOf(
  parts: readonly ManagedObject[],
  context: OperationContext,
): Promise<readonly ManagedObject[]> {
  const links = parts.flatMap((part) => linkedBy(part, LinkType.ParentLink) ?? [])
  const parents: ManagedObject[] = []
  for (const identifier of new Set(links)) {
    const parent = await loadIfThere(identifier, context)
    if (parent !== undefined) parents.push(parent)
  }
  return parents
}

/** Refuses to split or to join what may be used so much and no more: there would be two of it. Throws `NOT_PERMITTED`. */
export function checkUnlimited(keys: readonly ManagedObject[]): void {
  if (keys.every(({ attributes }) => attributes.get('UsageLimits') === undefined)) return
  throw new KmipFault('NOT_PERMITTED', 'A key with Usage Limits is neither split nor joined')
}

/**
 * The dates by which a joined key may be used no more than any of the keys that were split. What is Deactivated has an
 * Activation Date too, or the joined key would be Pre-Active.
 */
export function datesOf(parents: readonly ManagedObject[]): readonly AttributeEntry[] {
  const over = parents.filter(({ attributes }) => attributes.get('State') === State.Deactivated)
  const end = earliest(parents, 'DeactivationDate')
  const stop = earliest(parents, 'ProtectStopDate')
  const isStopped = stop !== undefined && (end === undefined || stop <= end)
  return [
    ...dated('ActivationDate', earliest(over, 'ActivationDate')),
    ...dated('ProcessStartDate', latest(parents, 'ProcessStartDate')),
    ...dated('ProtectStopDate', isStopped ? stop : undefined),
    ...dated('DeactivationDate', end),
  ]
}

type DateName = 'ActivationDate' | 'ProcessStartDate' | 'ProtectStopDate' | 'DeactivationDate'

function earliest(keys: readonly ManagedObject[], name: DateName): DateTime | undefined {
  const dates = keys.flatMap(({ attributes }) => attributes.get(name) ?? [])
  return dates.length === 0 ? undefined : Math.min(...dates)
}

function latest(keys: readonly ManagedObject[], name: DateName): DateTime | undefined {
  const dates = keys.flatMap(({ attributes }) => attributes.get(name) ?? [])
  return dates.length === 0 ? undefined : Math.max(...dates)
}

function dated(name: DateName, value: DateTime | undefined): readonly AttributeEntry[] {
  return value === undefined ? [] : [{ reference: { name }, value }]
}

/** A joined key is compromised where the key that was split is. */
export function asCompromised(
  joined: ManagedObject,
  parents: readonly ManagedObject[],
  now: DateTime,
): ManagedObject {
  const reason = parents.find(isCompromised)?.attributes.get('RevocationReason')
  return reason === undefined ? joined : revoke(joined, { revocationReason: reason }, now)
}

const COMPROMISED: readonly unknown[] = [State.Compromised, State.DestroyedCompromised]

function isCompromised({ attributes }: ManagedObject): boolean {
  return COMPROMISED.includes(attributes.get('State'))
}

/** What a client registers was made elsewhere, and may be a copy of a part that is here. */
function isMadeHere({ attributes }: ManagedObject): boolean {
  return attributes.get('RandomNumberGenerator') !== undefined
}

async function loadIfThere(
  uniqueIdentifier: string,
  { objects }: OperationContext,
): Promise<ManagedObject | undefined> {
  try {
    return await objects.load(uniqueIdentifier)
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
    throw error
  }
}
