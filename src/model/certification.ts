import { KmipFault } from '../fault/fault.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { AttributeName } from '../spec/attribute.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { State } from '../spec/enum/state.ts'
import { isVendorReference } from './attribute-reference.ts'
import { MAXIMUM_INSTANCES } from './attribute-rules.ts'
import { attributeValue, type AttributeEntry } from './attribute-set.ts'
import { usagesOfMask, type KeyUsage, type NameKind, type NamePart } from './certificate.ts'
import type { ManagedObject } from './managed-object.ts'
import { withLink } from './replacement.ts'

/** When a certificate is valid. */
export interface Validity {
  readonly notBefore: DateTime
  readonly notAfter: DateTime
}

/** What is wanted of the validity of a certificate, and what bounds it. */
export interface ValidityWish {
  readonly from: DateTime | undefined
  readonly to: DateTime | undefined
  /** In seconds: what it is when `to` is absent. */
  readonly usual: number
  /** In seconds. */
  readonly longest: number
  readonly issuer: Validity
  readonly now: DateTime
}

/**
 * The validity that comes nearest to what is wanted, within that of the issuer. Throws `INVALID_ATTRIBUTE_VALUE` when
 * nothing is left of it.
 */
export function grantedValidity(wish: ValidityWish): Validity {
  const { from, to, usual, longest, issuer, now } = wish
  const notBefore = Math.max(from ?? now, issuer.notBefore)
  const end = to === undefined || to <= notBefore ? notBefore + usual : to
  const notAfter = Math.min(end, notBefore + longest, issuer.notAfter)
  if (notAfter <= notBefore) {
    throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'No certificate can be issued for these dates')
  }
  return { notBefore, notAfter }
}

/** The kinds of name parts in the order in which a name has them: the widest first. */
const NAME_ORDER: readonly NameKind[] = [
  'DC',
  'C',
  'ST',
  'L',
  'O',
  'OU',
  'Title',
  'CN',
  'SerialNumber',
  'UID',
  'Email',
  'DNQualifier',
]

const SUBJECT_PARTS: ReadonlyMap<string, NameKind> = new Map(
  NAME_ORDER.map((kind) => [`CertificateSubject${kind}` satisfies AttributeName, kind]),
)

/** Attributes that say what is to be in a certificate, and are read out of it again once it is issued. */
export interface StatedSubject {
  readonly parts: readonly NamePart[]
  /** Name in DER. */
  readonly name: Uint8Array | undefined
  /** General Names in DER. */
  readonly alternativeNames: readonly Uint8Array[]
  /** The attributes that are left. */
  readonly rest: readonly AttributeEntry[]
}

/** Takes the subject out of the attributes of a request: X.509 Certificate Subject, or part by part. */
export function statedSubject(entries: readonly AttributeEntry[]): StatedSubject {
  const own = (entry: AttributeEntry) =>
    isVendorReference(entry.reference) ? '' : entry.reference.name
  const parts = entries.flatMap((entry): NamePart[] => {
    const kind = SUBJECT_PARTS.get(own(entry))
    return kind === undefined
      ? []
      : [{ kind, text: attributeValue<'CertificateSubjectCN'>(entry.value) }]
  })
  const whole = entries.find((entry) => own(entry) === 'X_509CertificateSubject')
  const subject = whole && attributeValue<'X_509CertificateSubject'>(whole.value)
  return {
    parts: NAME_ORDER.flatMap((kind) => parts.filter((part) => part.kind === kind)),
    name: subject?.subjectDistinguishedName,
    alternativeNames: subject?.subjectAlternativeName ?? [],
    rest: entries.filter((entry) => entry !== whole && !SUBJECT_PARTS.has(own(entry))),
  }
}

/** Which usages a certificate may have. */
export interface UsageWish {
  /** Cryptographic Usage Mask that the attributes ask for. */
  readonly mask: number | undefined
  /** What the request, or the certificate that is renewed, has. */
  readonly usages: readonly KeyUsage[] | undefined
  /** Mask of the public key, which bounds the others; undefined when no key object is known. */
  readonly keyMask: number | undefined
}

/**
 * The Key Usage of a certificate: that of the request before that of the attributes (KMIP 1.4 section 4.7), bounded by
 * what the key is for, and never that of an authority.
 */
export function grantedUsages({ mask, usages, keyMask }: UsageWish): readonly KeyUsage[] {
  const wanted = usages ?? (mask === undefined ? undefined : usagesOfMask(mask))
  const allowed = usagesOfMask(keyMask ?? ~0)
  if (wanted !== undefined) return allowed.filter((usage) => wanted.includes(usage))
  return keyMask === undefined ? ['digitalSignature'] : allowed
}

/** Purposes that are granted when they are asked for: TLS, code and mail (RFC 5280 section 4.2.1.12). */
const PURPOSES: readonly string[] = [1, 2, 3, 4].map((last) => `1.3.6.1.5.5.7.3.${last}`)

export function grantedPurposes(purposes: readonly string[]): readonly string[] {
  return PURPOSES.filter((purpose) => purposes.includes(purpose))
}

/** A compromised certificate is worth nothing, one that was deactivated nothing from then on. */
export function isRevoked(object: ManagedObject | undefined, at: DateTime): boolean {
  const state = object?.attributes.get('State')
  const deactivated = object?.attributes.get('DeactivationDate')
  const isOver = state === State.Deactivated && deactivated !== undefined && deactivated <= at
  return state === State.Compromised || isOver
}

/** A public key with a link to a new certificate of it (KMIP 1.4 section 4.7). Throws `ATTRIBUTE_INDEX_OUT_OF_BOUNDS`. */
export function certified(key: ManagedObject, certificate: string, now: DateTime): ManagedObject {
  if (key.attributes.instances({ name: 'Link' }).length >= MAXIMUM_INSTANCES) {
    throw new KmipFault('ATTRIBUTE_INDEX_OUT_OF_BOUNDS', 'The public key has too many links')
  }
  const linked = withLink(key, LinkType.CertificateLink, certificate)
  return { ...linked, attributes: linked.attributes.with('LastChangeDate', now) }
}

/** A public key whose link to a certificate leads to the one that took its place (KMIP 1.4 section 4.8). */
export function recertified(
  key: ManagedObject,
  { existing, replacement }: { readonly existing: string; readonly replacement: string },
  now: DateTime,
): ManagedObject {
  const link = key.attributes.instances({ name: 'Link' }).find(({ value }) => {
    const { linkType, linkedObjectIdentifier } = attributeValue<'Link'>(value)
    return linkType === LinkType.CertificateLink && linkedObjectIdentifier === existing
  })
  if (link === undefined) return certified(key, replacement, now)
  const value = { linkType: LinkType.CertificateLink, linkedObjectIdentifier: replacement }
  const attributes = key.attributes.changing({ name: 'Link' }, link.index, value)
  return { ...key, attributes: attributes.with('LastChangeDate', now) }
}
