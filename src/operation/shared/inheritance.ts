import { isVendorReference } from '../../model/attribute-reference.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { inheritedProtection } from '../../model/sensitivity.ts'
import { commonUses } from '../../model/usage.ts'
import type { LinkType } from '../../spec/enum/link-type.ts'

/** A Link attribute for a new object. */
export function linkTo(linkType: LinkType, linkedObjectIdentifier: string): AttributeEntry {
  return { reference: { name: 'Link' }, value: { linkType, linkedObjectIdentifier } }
}

/**
 * What an object made of others must have of them: it is as sensitive as the most sensitive and as extractable as the
 * least extractable of them, and serves the uses that all of them do.
 */
export function inheritedEntries(sources: readonly ManagedObject[]): readonly AttributeEntry[] {
  const masks = sources.flatMap(({ attributes }) => attributes.get('CryptographicUsageMask') ?? [])
  const protection = inheritedProtection(sources)
  if (masks.length === 0) return protection
  const reference = { name: 'CryptographicUsageMask' } as const
  return [{ reference, value: commonUses(masks) }, ...protection]
}

/** The entries of a request; of single-instance attributes that are inherited, what is inherited. */
export function withInherited(
  requested: readonly AttributeEntry[],
  inherited: readonly AttributeEntry[],
): readonly AttributeEntry[] {
  const names = new Set(inherited.map(({ reference }) => reference.name))
  const kept = requested.filter(
    ({ reference }) => isVendorReference(reference) || !names.has(reference.name),
  )
  return [...kept, ...inherited]
}
