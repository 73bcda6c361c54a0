import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { attributeValue } from '../../model/attribute-set.ts'
import { isVendorReference } from '../../model/attribute-reference.ts'
import type { ObjectContent, PrivateKeyContent } from '../../model/content.ts'
import type { KeyBlock } from '../../model/key-block.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { checkUsable, type Usage } from '../../model/usage.ts'
import type { KeyStore } from '../../port/certificates.ts'
import type { Secret } from '../../secret/secret.ts'
import { CertificateType } from '../../spec/enum/certificate-type.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { LinkType } from '../../spec/enum/link-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { SecretDataType } from '../../spec/enum/secret-data-type.ts'
import type { Link } from '../../spec/structure/link.ts'
import type { OperationContext } from '../context.ts'
import { makeObject } from './creation.ts'
import { certificateChain } from './certificate-chain.ts'
import { plainKeyBlock } from './plain-key.ts'
import type { BroughtObject } from './registration.ts'
import { loadOnline } from './stored-object.ts'

/** Whether an object comes as a PKCS#12 container. */
export function isContainer(content: ObjectContent): content is PrivateKeyContent {
  return (
    content.objectType === ObjectType.PrivateKey &&
    content.keyBlock.keyFormatType === KeyFormatType.PKCS_12
  )
}

/**
 * Opens a container with the password that the request links to, and stores its certificates, each with a link to the
 * one above it (KMIP 1.4 sections 3.45, 11.4). The key is for the caller to store.
 *
 * @throws KmipFault `BAD_PASSWORD` where the link to a password is missing, not the only one or leads elsewhere,
 *   `WRONG_STATE` for a password that may not be used, and what `Pkcs12.read` throws
 */
export async function unpackContainer(
  { keyBlock }: PrivateKeyContent,
  entries: readonly AttributeEntry[],
  context: OperationContext,
): Promise<BroughtObject> {
  const { keyValue } = keyBlock
  if (keyValue === undefined || keyValue.form === 'structure') {
    throw new KmipFault('INVALID_FIELD', 'A PKCS#12 container is a byte string')
  }
  const password = await passwordOf(linksIn(entries), 'process', context)
  const wanted = friendlyNameIn(entries)
  const { material } = keyValue
  const store = await underPassword(password, context, async (own) =>
    context.certificates.pkcs12.read(material, own, wanted),
  )
  const leaf = await addedCertificates(store, context)
  const name = wanted ?? store.friendlyName
  return {
    object: {
      objectType: ObjectType.PrivateKey,
      keyBlock: {
        keyFormatType: KeyFormatType.PKCS_8,
        keyValue: { form: 'bytes', material: store.privateKey, attributes: [] },
      },
    },
    entries: [
      ...entries,
      ...(leaf === undefined ? [] : [certificateLink(leaf)]),
      ...(wanted === undefined && name !== undefined ? [nameEntry(name)] : []),
    ],
  }
}

/** The key of a container whose certificates are refused is forgotten. */
async function addedCertificates(
  store: KeyStore,
  context: OperationContext,
): Promise<string | undefined> {
  try {
    return await addCertificates(store, context)
  } catch (error) {
    store.privateKey.destroy()
    throw error
  }
}

/** Stores the certificates from the top down; gives the identifier of the key's own. */
async function addCertificates(
  { certificates, friendlyName }: KeyStore,
  context: OperationContext,
): Promise<string | undefined> {
  let issuer: string | undefined
  for (const [index, certificateValue] of [...certificates.entries()].reverse()) {
    const entries = [
      ...(issuer === undefined ? [] : [certificateLink(issuer)]),
      ...(index === 0 && friendlyName !== undefined ? [nameEntry(friendlyName)] : []),
    ]
    const certificateType = CertificateType.X_509
    const content = { objectType: ObjectType.Certificate, certificateType, certificateValue }
    const object = withoutFormat(makeObject(content, entries, context))
    await context.objects.add(object)
    issuer = object.uniqueIdentifier
  }
  return issuer
}

/** A certificate out of a container was brought in no Key Format Type, and its Digest names none (TC-PKCS12-2). */
function withoutFormat(object: ManagedObject): ManagedObject {
  const digest = object.attributes.get('Digest')
  if (digest === undefined) return object
  const { hashingAlgorithm, digestValue = new Uint8Array(0) } = digest
  const unformatted = { hashingAlgorithm, digestValue }
  return { ...object, attributes: object.attributes.with('Digest', unformatted) }
}

/**
 * A private key with its certificates as a container, under the password that the key links to (KMIP 1.4 section
 * 4.11).
 *
 * @throws KmipFault as {@link unpackContainer}; `KEY_FORMAT_UNSUPPORTED` for what is no private key
 */
export async function packContainer(
  object: ManagedObject,
  context: OperationContext,
): Promise<PrivateKeyContent> {
  const { content, attributes } = object
  if (content?.objectType !== ObjectType.PrivateKey) {
    throw new KmipFault('KEY_FORMAT_UNSUPPORTED', 'Only private keys are to be had as PKCS#12')
  }
  const password = await passwordOf(attributes.all('Link'), 'protect', context)
  const certificates = await certificateChain(object, context)
  const privateKey = await pkcs8Of(object, context)
  const friendlyName = attributes.get('PKCS_12FriendlyName')
  const named = friendlyName === undefined ? {} : { friendlyName }
  const store = { privateKey, certificates, ...named }
  try {
    const material = await underPassword(password, context, async (own) =>
      context.certificates.pkcs12.write(store, own),
    )
    context.destroyAfterAnswer(material)
    const keyBlock: KeyBlock = {
      keyFormatType: KeyFormatType.PKCS_12,
      keyValue: { form: 'wrapped', material, attributes: [] },
    }
    return { objectType: ObjectType.PrivateKey, keyBlock }
  } finally {
    privateKey.destroy()
  }
}

/** PrivateKeyInfo, a secret of its own. */
async function pkcs8Of(object: ManagedObject, context: OperationContext): Promise<Secret> {
  const wanted = { keyFormatType: KeyFormatType.PKCS_8 }
  const plain = await plainKeyBlock(object, context)
  const { keyValue } = context.keyFormats.convert(ObjectType.PrivateKey, plain, wanted)
  if (keyValue !== undefined) return keyValue.material
  throw new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
}

/** The password of the one link to it; it stays the store's. */
async function passwordOf(
  links: readonly Link[],
  purpose: Usage['purpose'],
  context: OperationContext,
): Promise<Secret> {
  const [link, ...others] = links.filter(
    ({ linkType }) => linkType === LinkType.PKCS_12PasswordLink,
  )
  if (link === undefined || others.length > 0) throw badPassword()
  const object = await linkedPassword(link, context)
  const isPassword =
    object.content?.objectType === ObjectType.SecretData &&
    object.content.secretDataType === SecretDataType.Password
  if (!isPassword) throw badPassword()
  // No bit of the mask stands for this use.
  checkUsable(object, { mask: 0, purpose }, context.now)
  const { keyValue } = await plainKeyBlock(object, context)
  if (keyValue.form !== 'bytes') throw badPassword()
  return keyValue.material
}

/**
 * Does what takes long, since passwords are stretched, in the client's turn. The password may be gone from the store
 * by then.
 */
async function underPassword<R>(
  password: Secret,
  { slowly }: OperationContext,
  use: (own: Secret) => Promise<R>,
): Promise<R> {
  const own = password.clone()
  try {
    return await slowly(async () => use(own))
  } finally {
    own.destroy()
  }
}

async function linkedPassword(link: Link, context: OperationContext): Promise<ManagedObject> {
  try {
    return await loadOnline({ kind: 'identifier', value: link.linkedObjectIdentifier }, context)
  } catch (error) {
    if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') throw badPassword()
    throw error
  }
}

function badPassword(): KmipFault {
  return new KmipFault('BAD_PASSWORD', 'PKCS#12 needs one PKCS#12 Password Link to a password')
}

function linksIn(entries: readonly AttributeEntry[]): readonly Link[] {
  return entries
    .filter(({ reference }) => !isVendorReference(reference) && reference.name === 'Link')
    .map(({ value }) => attributeValue<'Link'>(value))
}

function friendlyNameIn(entries: readonly AttributeEntry[]): string | undefined {
  const found = entries.find(
    ({ reference }) => !isVendorReference(reference) && reference.name === 'PKCS_12FriendlyName',
  )
  return found && attributeValue<'PKCS_12FriendlyName'>(found.value)
}

function certificateLink(linkedObjectIdentifier: string): AttributeEntry {
  const value: Link = { linkType: LinkType.PKCS_12CertificateLink, linkedObjectIdentifier }
  return { reference: { name: 'Link' }, value }
}

function nameEntry(value: string): AttributeEntry {
  return { reference: { name: 'PKCS_12FriendlyName' }, value }
}
