import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
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

function previousOf({ attributes }: ManagedObject): string | undefined {
  const links = attributes.all('Link')
  const link = links.find(({ linkType }) => linkType === LinkType.PreviousLink)
  return link?.linkedObjectIdentifier
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
