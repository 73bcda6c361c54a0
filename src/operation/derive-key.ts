import { KmipFault } from '../fault/fault.ts'
import { requestedAttributes } from '../message/attributes.ts'
import { IdentifiedResponse } from '../message/identified.ts'
import { objectReference, type ObjectReference } from '../message/identifier.ts'
import type { AttributeEntry } from '../model/attribute-set.ts'
import { keyBlockOf, type ObjectContent } from '../model/content.ts'
import { parametersToWrap } from '../model/key-wrapping.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import { checkRequested } from '../model/new-object.ts'
import { checkQuantumSafe } from '../model/quantum-safety.ts'
import { withLink } from '../model/replacement.ts'
import { symmetricKeyKind } from '../model/symmetric-key.ts'
import type { Infer } from '../schema/codec.ts'
import { repeated, required } from '../schema/field.ts'
import { struct } from '../schema/struct.ts'
import type { Secret } from '../secret/secret.ts'
import { CryptographicAlgorithm } from '../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../spec/enum/key-format-type.ts'
import { LinkType } from '../spec/enum/link-type.ts'
import { ObjectType } from '../spec/enum/object-type.ts'
import { RNGAlgorithm } from '../spec/enum/rng-algorithm.ts'
import { SecretDataType } from '../spec/enum/secret-data-type.ts'
import { UniqueIdentifier } from '../spec/enum/unique-identifier.ts'
import { CryptographicUsageMask } from '../spec/mask/cryptographic-usage-mask.ts'
import { DerivationParametersStruct } from '../spec/structure/derivation-parameters.ts'
import { Tag } from '../spec/tag.ts'
import type { OperationContext } from './context.ts'
import { defineOperation } from './definition.ts'
import { makeObject, newObjectEntries, requestedValue } from './shared/creation.ts'
import { derive } from './shared/derivation.ts'
import type { DerivationInput } from './shared/derivation-input.ts'
import { inheritedEntries, withInherited } from './shared/inheritance.ts'
import { loadForUse } from './shared/key-use.ts'
import { withPlainKey } from './shared/plain-key.ts'

const DeriveKeyRequest = struct({
  objectType: required(Tag.ObjectType),
  uniqueIdentifiers: repeated(Tag.UniqueIdentifier, objectReference),
  derivationMethod: required(Tag.DerivationMethod),
  derivationParameters: required(Tag.DerivationParameters, DerivationParametersStruct),
  attributes: requestedAttributes({ v1: Tag.TemplateAttribute, v2: Tag.Attributes }),
})
type DeriveKeyRequest = Infer<typeof DeriveKeyRequest>

const USAGE = { mask: CryptographicUsageMask.DeriveKey, purpose: 'protect' } as const
const LARGEST_SECRET_BITS = 65_536
/** There was none; the attribute has to be there all the same (KMIP 1.4 section 3.44). */
const GENERATOR = { rngAlgorithm: RNGAlgorithm.Unspecified }

/** No method of the standard takes more objects than two. */
async function loadBases(
  { uniqueIdentifiers }: DeriveKeyRequest,
  context: OperationContext,
): Promise<readonly [ManagedObject, ManagedObject?]> {
  const [first, second, ...rest] = uniqueIdentifiers
  if (first === undefined) throw new KmipFault('MISSING_FIELD', 'UniqueIdentifier is missing')
  if (rest.length > 0) throw refused('No method derives from so many objects')
  const base = await loadBase(first, context)
  if (second === undefined) return [base]
  const other = await loadBase(second, context)
  if (other.uniqueIdentifier === base.uniqueIdentifier) throw refused('An object is named twice')
  return [base, other]
}

/** The ID Placeholder is not to be used here (KMIP 1.4 section 4.6). */
async function loadBase(
  reference: ObjectReference,
  context: OperationContext,
): Promise<ManagedObject> {
  const isPlaceholder =
    (reference.kind === 'identifier' && reference.value === '') ||
    (reference.kind === 'latest' && reference.of === UniqueIdentifier.IDPlaceholder)
  if (isPlaceholder) throw refused('Derive Key does not take the ID Placeholder')
  const object = await loadForUse(reference, USAGE, context)
  const block = object.content === undefined ? undefined : keyBlockOf(object.content)
  if (block?.keyValue !== undefined) return object
  throw block === undefined
    ? new KmipFault('WRONG_OBJECT_TYPE', 'Nothing is derived from an object of this type')
    : new KmipFault('KEY_VALUE_NOT_PRESENT', 'The key is not kept here')
}

/** Bytes of the derived material. Throws `INVALID_FIELD`, `INVALID_ATTRIBUTE_VALUE`, `WRONG_OBJECT_TYPE`. */
function lengthOf(objectType: ObjectType, entries: readonly AttributeEntry[]): number {
  const bits = requestedValue(entries, 'CryptographicLength')
  if (bits === undefined) throw refused('Cryptographic Length is missing')
  checkNoPad(entries)
  if (objectType === ObjectType.SymmetricKey) {
    const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
    if (algorithm === undefined) throw refused('Cryptographic Algorithm is missing')
    checkQuantumSafe(entries, algorithm)
    return symmetricKeyKind(algorithm, bits).bytes
  }
  if (objectType !== ObjectType.SecretData) {
    throw new KmipFault('WRONG_OBJECT_TYPE', 'Objects of this type cannot be derived')
  }
  if (bits > 0 && bits <= LARGEST_SECRET_BITS && bits % 8 === 0) return bits / 8
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'Cryptographic Length is not that of a secret')
}

/** Derived twice, a pad would be there twice, each of its bytes to be used once. */
function checkNoPad(entries: readonly AttributeEntry[]): void {
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  if (algorithm !== CryptographicAlgorithm.OneTimePad) return
  throw new KmipFault('INVALID_ATTRIBUTE_VALUE', 'A one-time pad is not derived')
}

/** What was derived, as the object that was asked for. */
function contentOf(
  objectType: ObjectType,
  entries: readonly AttributeEntry[],
  material: Secret,
): ObjectContent {
  const keyBlock = {
    keyFormatType: KeyFormatType.Raw,
    keyValue: { form: 'bytes', material, attributes: [] },
  } as const
  const algorithm = requestedValue(entries, 'CryptographicAlgorithm')
  const length = requestedValue(entries, 'CryptographicLength')
  if (objectType === ObjectType.SecretData || algorithm === undefined || length === undefined) {
    return { objectType: ObjectType.SecretData, secretDataType: SecretDataType.Seed, keyBlock }
  }
  const named = { cryptographicAlgorithm: algorithm, cryptographicLength: length }
  return { objectType: ObjectType.SymmetricKey, keyBlock: { ...keyBlock, ...named } }
}

/** A derived object is protected as its bases are, whatever else is said of it. */
function entriesFor(
  requested: readonly AttributeEntry[],
  bases: readonly ManagedObject[],
): readonly AttributeEntry[] {
  const inherited = inheritedEntries(bases).filter(
    ({ reference }) => reference.name !== 'CryptographicUsageMask',
  )
  return withInherited(requested, inherited)
}

async function derived(
  { derivationMethod, derivationParameters: stated }: DeriveKeyRequest,
  [base, other]: readonly [ManagedObject, ManagedObject?],
  length: number,
  context: OperationContext,
): Promise<Secret> {
  const parameters = parametersToWrap(stated.cryptographicParameters, base, true)
  const label = JSON.stringify([base.uniqueIdentifier, other?.uniqueIdentifier, length, parameters])
  const sources = [base, other].flatMap((object) => materialOf(object) ?? [])
  return context.once.secret({ label, sources }, async () => {
    const input: DerivationInput = {
      base: await withPlainKey(base, context),
      other: other && (await withPlainKey(other, context)),
      stated,
      parameters,
      length,
    }
    return derive(derivationMethod, input, context)
  })
}

function materialOf(object: ManagedObject | undefined): Secret | undefined {
  const block = object?.content && keyBlockOf(object.content)
  return block?.keyValue?.material
}

/** Stores what was derived and the links between it and what it was derived from (KMIP 1.4 section 4.6). */
async function store(
  object: ManagedObject,
  bases: readonly ManagedObject[],
  { objects, now }: OperationContext,
): Promise<void> {
  const { DerivationBaseObjectLink, DerivedKeyLink } = LinkType
  const linked = bases.reduce(
    (made, { uniqueIdentifier }) => withLink(made, DerivationBaseObjectLink, uniqueIdentifier),
    object,
  )
  for (const base of bases) {
    const { attributes } = base
    const changed = { ...base, attributes: attributes.with('LastChangeDate', now) }
    await objects.save(withLink(changed, DerivedKeyLink, object.uniqueIdentifier))
  }
  await objects.add(linked)
}

/** KMIP 1.4 section 4.6, KMIP 2.1 section 6.1.14. */
export const deriveKey = defineOperation('DeriveKey', {
  pace: 'slow',
  request: DeriveKeyRequest,
  response: IdentifiedResponse,
  identifies: ({ uniqueIdentifier }) => [uniqueIdentifier],
  async handle(request, context) {
    const { objectType, attributes } = request
    const bases = await loadBases(request, context)
    const sources = bases.flatMap((each) => each ?? [])
    const entries = entriesFor(await newObjectEntries(attributes, objectType, context), sources)
    const length = lengthOf(objectType, entries)
    checkRequested(entries, objectType)
    const material = await derived(request, bases, length, context)
    try {
      const content = contentOf(objectType, entries, material)
      const object = makeObject(content, entries, context, GENERATOR)
      await store(object, sources, context)
      return { uniqueIdentifier: object.uniqueIdentifier }
    } catch (error) {
      material.destroy()
      throw error
    }
  },
})

function refused(what: string): KmipFault {
  return new KmipFault('INVALID_FIELD', what)
}
