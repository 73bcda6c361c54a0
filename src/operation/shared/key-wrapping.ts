import { KmipFault } from '../../fault/fault.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { keyBlockOf } from '../../model/content.ts'
import type { KeyBlock, KeyValue } from '../../model/key-block.ts'
import {
  isEncoded,
  parametersToWrap,
  withWrapMode,
  wrappingSteps,
  type KeyWrappingSpecification,
} from '../../model/key-wrapping.ts'
import type { ManagedObject } from '../../model/managed-object.ts'
import { isSensitive } from '../../model/sensitivity.ts'
import { checkGuardedWrap } from '../../model/wrapping-trust.ts'
import type { Secret } from '../../secret/secret.ts'
import type { EncryptionKeyInformation } from '../../spec/structure/key-wrapping-data.ts'
import type { OperationContext } from '../context.ts'
import { chargeUse } from './key-use.ts'
import { keyHandle, type PlainKeyBlock } from './plain-key.ts'
import { authenticateKeyValue, encryptKeyValue, type WrappingKey } from './wrapping-cipher.ts'
import { loadWrappingObject, useFor, type WrappingRole } from './wrapping-object.ts'

/** A key that is to be wrapped: its object, and its Key Block in the form that was asked for. */
export interface Unwrapped {
  readonly object: ManagedObject
  readonly keyBlock: PlainKeyBlock
}

/**
 * Wraps a key as a request specifies (KMIP 1.4 section 2.1.6, KMIP 2.1 section 7.18). Usage Limits of the wrapping keys
 * are charged.
 *
 * @throws KmipFault what `wrappingSteps` and `loadWrappingObject` throw, `PARAMETERS_NOT_OF_KEY`,
 * `ENCODING_OPTION_ERROR`, `USAGE_EXHAUSTED`, `NOT_PERMITTED` for a guarded key, and what cryptography refuses
 */
export async function wrappedKeyBlock(
  unwrapped: Unwrapped,
  specification: KeyWrappingSpecification,
  context: OperationContext,
): Promise<KeyBlock> {
  const { encrypts, authenticates } = wrappingSteps(specification)
  const { wrappingMethod, encodingOption } = specification
  checkOthers(unwrapped.object, specification)
  const plain = encodedValue(unwrapped, specification, context)
  const guarded = isGuarded(unwrapped.object, context) ? unwrapped.object : undefined
  const encryption = encrypts
    ? await encrypted(plain, specification, { context, guarded })
    : undefined
  const value = encryption?.value ?? plain
  const authentication =
    authenticates === undefined
      ? undefined
      : await authenticated(authenticates === 'plain' ? plain : value, specification, context)
  return {
    ...unwrapped.keyBlock,
    keyValue: {
      form: valueForm(unwrapped, specification, context),
      material: value,
      attributes: [],
    },
    keyWrappingData: {
      wrappingMethod,
      ...encryption?.data,
      ...authentication,
      ...(encodingOption === undefined ? {} : { encodingOption }),
    },
  }
}

/** A key that wraps itself is lost with itself. */
function checkOthers(
  { uniqueIdentifier }: ManagedObject,
  { encryptionKeyInformation, macSignatureKeyInformation }: KeyWrappingSpecification,
): void {
  const named = [encryptionKeyInformation, macSignatureKeyInformation]
  if (named.some((information) => information?.uniqueIdentifier === uniqueIdentifier)) {
    throw new KmipFault('INVALID_FIELD', 'A key does not wrap itself')
  }
}

/** What the wrapping key is put around. */
function encodedValue(
  { object, keyBlock: { keyValue } }: Unwrapped,
  specification: KeyWrappingSpecification,
  context: OperationContext,
): Secret {
  if (isEncoded(specification)) {
    const encoded = context.encodeKeyValue(keyValue, attributesOf(object, specification))
    context.destroyAfterAnswer(encoded)
    return encoded
  }
  if (specification.attributes.length > 0) {
    throw new KmipFault(
      'ENCODING_OPTION_ERROR',
      'Attributes are wrapped only where they are encoded',
    )
  }
  if (keyValue.form === 'structure') {
    throw new KmipFault('ENCODING_OPTION_ERROR', 'A transparent key is wrapped only encoded')
  }
  return keyValue.material
}

/** The attributes to be wrapped that the object has. */
function attributesOf(
  { attributes }: ManagedObject,
  specification: KeyWrappingSpecification,
): readonly AttributeEntry[] {
  return specification.attributes.flatMap((reference) =>
    attributes.instances(reference).map((instance) => ({ reference, ...instance })),
  )
}

/** Whether an object leaves under trusted keys alone. */
function isGuarded(object: ManagedObject, { policy }: OperationContext): boolean {
  return policy.wrapping === 'trusted' && isSensitive(object)
}

async function encrypted(
  plain: Secret,
  { encryptionKeyInformation: asked }: KeyWrappingSpecification,
  { context, guarded }: Pick<Charged, 'context' | 'guarded'>,
) {
  const key = await keyFor('wrap', asked, { context, guarded, bytes: plain.length })
  const { data: value, ivCounterNonce } = await encryptKeyValue(plain, key, context)
  context.destroyAfterAnswer(value)
  const data = {
    encryptionKeyInformation: key.information,
    ...(ivCounterNonce === undefined ? {} : { ivCounterNonce }),
  }
  return { value, data }
}

async function authenticated(
  data: Secret,
  { macSignatureKeyInformation: asked }: KeyWrappingSpecification,
  context: OperationContext,
) {
  const key = await keyFor('authenticate', asked, { context, bytes: data.length })
  const macSignature = await authenticateKeyValue(data, key, context)
  return { macSignatureKeyInformation: key.information, macSignature }
}

interface Charged {
  readonly context: OperationContext
  /** What is wrapped, where it is not to leave under just any key. */
  readonly guarded?: ManagedObject | undefined
  /** How many are protected, for the key's Usage Limits. */
  readonly bytes: number
}

/** The key with its parameters, and how the answer tells of them: as the request did, or else as they are. */
async function keyFor(
  role: WrappingRole,
  asked: EncryptionKeyInformation | undefined,
  { context, guarded, bytes }: Charged,
): Promise<WrappingKey & { readonly information: EncryptionKeyInformation }> {
  if (asked === undefined) throw new KmipFault('MISSING_FIELD', 'The wrapping key is not named')
  const { uniqueIdentifier, cryptographicParameters } = asked
  const object = await loadWrappingObject(uniqueIdentifier, role, context)
  const { wrapWithoutParameters } = context.policy
  const use = useFor(role, object)
  const chosen = parametersToWrap(cryptographicParameters, object, wrapWithoutParameters, use)
  const parameters = role === 'wrap' ? withWrapMode(chosen, object) : chosen
  if (guarded !== undefined) checkGuardedWrap(guarded, object, parameters)
  const handle = await keyHandle(object, context)
  await chargeUse(object, bytes, context)
  const isSaid = Object.keys(cryptographicParameters ?? {}).length > 0
  const information = isSaid ? asked : { uniqueIdentifier, cryptographicParameters: parameters }
  return { handle, parameters, information }
}

/**
 * How the Key Value of an answer is given. A wrapped one is a byte string; where an object was registered with its
 * wrapped bytes inside the structure instead, as in the official cases TC-WRAP-1 to TC-WRAP-3, its answers have them
 * there too.
 */
function valueForm(
  { object: { content } }: Unwrapped,
  specification: KeyWrappingSpecification,
  { policy }: OperationContext,
): KeyValue['form'] {
  if (isEncoded(specification)) return 'wrapped'
  const kept = content === undefined ? undefined : keyBlockOf(content)
  const isKeptInside = kept?.keyWrappingData !== undefined && kept.keyValue?.form === 'bytes'
  return isKeptInside || policy.wrapInsideStructure ? 'bytes' : 'wrapped'
}
