import { KmipFault } from '../fault/fault.ts'
import type { ObjectReference } from '../message/identifier.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { rotationDate } from '../model/rotation.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import type { OperationContext } from './context.ts'
import { reCertify } from './re-certify.ts'
import { reKeyKeyPair } from './re-key-key-pair.ts'
import { reKey } from './re-key.ts'

/**
 * Replaces an object that is due, as its client could have done with Re-key, Re-key Key Pair or Re-certify and the
 * Rotate Offset (KMIP 2.1 sections 4.48, 4.54).
 *
 * @returns the identifiers of what took its place; none when it is not due any more
 * @throws KmipFault what those operations throw
 */
export async function rotate(
  uniqueIdentifier: string,
  context: OperationContext,
): Promise<readonly string[]> {
  const object = await context.objects.load(uniqueIdentifier)
  const due = rotationDate(object)
  if (due === undefined || due > context.now) return []
  const rotateOffset = object.attributes.get('RotateOffset')
  const offset = rotateOffset === undefined ? {} : { offset: rotateOffset }
  const request = { uniqueIdentifier: named(uniqueIdentifier), ...offset }
  if (object.objectType === ObjectType.SymmetricKey) {
    return [(await reKey.handle(request, context)).uniqueIdentifier]
  }
  if (object.objectType === ObjectType.Certificate) {
    const certification = { ...request, placeholderIsMeant: false }
    return [(await reCertify.handle(certification, context)).uniqueIdentifier]
  }
  const privateKeyUniqueIdentifier = named(await privateHalf(object, context))
  const made = await reKeyKeyPair.handle({ privateKeyUniqueIdentifier, ...offset }, context)
  return [made.privateKeyUniqueIdentifier, made.publicKeyUniqueIdentifier]
}

/**
 * The halves of a pair are replaced together. Throws `NOT_PERMITTED` for a public key whose private key is not there, or
 * has another public key: that pair would be replaced, and this key not.
 */
async function privateHalf(object: ManagedObject, { objects }: OperationContext): Promise<string> {
  const { objectType, uniqueIdentifier } = object
  if (objectType === ObjectType.PrivateKey) return uniqueIdentifier
  const half = linkedBy(object, LinkType.PrivateKeyLink)
  if (half !== undefined) {
    const back = linkedBy(await objects.load(half), LinkType.PublicKeyLink)
    if (back === uniqueIdentifier) return half
  }
  throw new KmipFault('NOT_PERMITTED', 'The public key has no private key with it')
}

function linkedBy({ attributes }: ManagedObject, type: LinkType): string | undefined {
  return attributes.all('Link').findLast(({ linkType }) => linkType === type)
    ?.linkedObjectIdentifier
}

function named(value: string): ObjectReference {
  return { kind: 'identifier', value }
}
