import { KmipFault } from '../../fault/fault.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import type { OperationContext } from '../context.ts'

/** No chain in use is nearly as long. */
const LONGEST_CHAIN = 16

const CERTIFICATE_LINKS: readonly LinkType[] = [
  LinkType.PKCS_12CertificateLink,
  LinkType.CertificateLink,
]

/**
 * The certificates of a private key, its own first and each followed by its issuer's: by its own link, or by that of
 * its public key, and then from certificate to certificate (KMIP 1.4 section 4.11, KMIP 2.1 section 6.1.19).
 *
 * @throws KmipFault `INVALID_FIELD` where links lead to more than one certificate, in a circle, or to what is none
 */
export async function certificateChain(
  privateKey: ManagedObject,
  context: OperationContext,
): Promise<readonly Uint8Array[]> {
  const seen = new Set<string>()
  const chain: Uint8Array[] = []
  let next = await firstOf(privateKey, context)
  while (next !== undefined) {
    const { uniqueIdentifier, content } = next
    const isNew = !seen.has(uniqueIdentifier) && chain.length < LONGEST_CHAIN
    if (content?.objectType !== ObjectType.Certificate || !isNew) throw noChain()
    seen.add(uniqueIdentifier)
    chain.push(content.certificateValue)
    next = await linked(next, CERTIFICATE_LINKS, context)
  }
  return chain
}

async function firstOf(
  privateKey: ManagedObject,
  context: OperationContext,
): Promise<ManagedObject | undefined> {
  const own = await linked(privateKey, CERTIFICATE_LINKS, context)
  if (own !== undefined) return own
  const publicKey = await linked(privateKey, [LinkType.PublicKeyLink], context)
  return publicKey && linked(publicKey, CERTIFICATE_LINKS, context)
}

/** The one object that links of the types lead to, where there is any. */
async function linked(
  { uniqueIdentifier: own, attributes }: ManagedObject,
  types: readonly LinkType[],
  { objects }: OperationContext,
): Promise<ManagedObject | undefined> {
  const found = attributes
    .all('Link')
    .filter(({ linkType }) => types.includes(linkType))
    .map(({ linkedObjectIdentifier }) => linkedObjectIdentifier)
    .filter((identifier) => identifier !== own)
  const [first, ...others] = new Set(found)
  if (others.length > 0) throw noChain()
  return first === undefined ? undefined : objects.load(first)
}

function noChain(): KmipFault {
  return new KmipFault('INVALID_FIELD', 'The links do not lead to one certificate chain')
}
