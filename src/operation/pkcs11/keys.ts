import { KmipFault } from '../../fault/fault.ts'
import { readTemplate, type CryptokiAttribute } from '../../message/pkcs11/attribute.ts'
import { readMechanism } from '../../message/pkcs11/mechanism.ts'
import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { AttributeEntry } from '../../model/attribute-set.ts'
import { Secret } from '../../secret/secret.ts'
import { CryptographicAlgorithm } from '../../spec/enum/cryptographic-algorithm.ts'
import { KeyFormatType } from '../../spec/enum/key-format-type.ts'
import { ObjectType } from '../../spec/enum/object-type.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { CryptographicUsageMask as U } from '../../spec/mask/cryptographic-usage-mask.ts'
import { KeyType, Mechanism, ObjectClass } from '../../spec/pkcs11/constant.ts'
import { createKeyPair } from '../create-key-pair.ts'
import { create } from '../create.ts'
import { register } from '../register.ts'
import type { Application } from './application.ts'
import { ofSession, type Outcome, type SessionCall } from './call.ts'
import { Template, templateRefusal, type KeyKind } from './template.ts'

const AES: KeyKind = {
  objectClass: ObjectClass.SecretKey,
  keyType: KeyType.AES,
  algorithm: CryptographicAlgorithm.AES,
  uses: U.Encrypt | U.Decrypt,
}
/** A secret of no particular use is one for HMAC with SHA-256. */
const GENERIC: KeyKind = {
  objectClass: ObjectClass.SecretKey,
  keyType: KeyType.GENERIC_SECRET,
  algorithm: CryptographicAlgorithm.HMAC_SHA256,
  uses: U.MACGenerate | U.MACVerify,
}
const RSA = { keyType: KeyType.RSA, algorithm: CryptographicAlgorithm.RSA }
export const RSA_PUBLIC: KeyKind = {
  ...RSA,
  objectClass: ObjectClass.PublicKey,
  uses: U.Encrypt | U.Verify,
}
export const RSA_PRIVATE: KeyKind = {
  ...RSA,
  objectClass: ObjectClass.PrivateKey,
  uses: U.Decrypt | U.Sign,
}

/** Kinds of secret keys by the mechanisms that make them. */
export const SECRET_KEYS: ReadonlyMap<number, KeyKind> = new Map<number, KeyKind>([
  [Mechanism.AES_KEY_GEN, AES],
  [Mechanism.GENERIC_SECRET_KEY_GEN, GENERIC],
])

/** C_GenerateKey: an active Symmetric Key. */
export const generateKey = ofSession(
  (reader) => ({ mechanism: readMechanism(reader), template: readTemplate(reader, 'values') }),
  async ({ mechanism, template }, call) => {
    const kind = SECRET_KEYS.get(mechanism.type)
    if (kind === undefined) return { code: RC.MECHANISM_INVALID }
    if (mechanism.parameter !== undefined) return { code: RC.MECHANISM_PARAM_INVALID }
    return making(
      call,
      [template],
      async (wanted) => {
        const length = wanted.ulong('VALUE_LEN')
        if (wanted.bytes('VALUE') !== undefined) return { code: RC.TEMPLATE_INCONSISTENT }
        if (length === undefined) return { code: RC.TEMPLATE_INCOMPLETE }
        const made = await call.context.perform(create, {
          objectType: ObjectType.SymmetricKey,
          attributes: {
            templates: [],
            entries: [
              ...wanted.entries(kind, call.context.now),
              entry('CryptographicLength', length * 8),
            ],
          },
        })
        return handles(call.application, [made.uniqueIdentifier])
      },
      [kind],
    )
  },
)

/** The only public exponent that pairs are made with. */
export const F4 = '010001'

/** C_GenerateKeyPair: an active Public Key and an active Private Key; the handle of the public one comes first. */
export const generateKeyPair = ofSession(
  (reader) => ({
    mechanism: readMechanism(reader),
    ofPublic: readTemplate(reader, 'values'),
    ofPrivate: readTemplate(reader, 'values'),
  }),
  async ({ mechanism, ofPublic, ofPrivate }, call) => {
    if (mechanism.type !== Mechanism.RSA_PKCS_KEY_PAIR_GEN) return { code: RC.MECHANISM_INVALID }
    if (mechanism.parameter !== undefined) return { code: RC.MECHANISM_PARAM_INVALID }
    const kinds = [RSA_PUBLIC, RSA_PRIVATE]
    return making(
      call,
      [ofPublic, ofPrivate],
      async (wantedPublic, wantedPrivate) => {
        const bits = wantedPublic.ulong('MODULUS_BITS')
        if (bits === undefined || wantedPrivate === undefined)
          return { code: RC.TEMPLATE_INCOMPLETE }
        const exponent = wantedPublic.hex('PUBLIC_EXPONENT')?.replace(/^(00)+/, '')
        if (exponent !== undefined && exponent !== F4) return { code: RC.ATTRIBUTE_VALUE_INVALID }
        const { now } = call.context
        const made = await call.context.perform(createKeyPair, {
          common: { templates: [], entries: [entry('CryptographicLength', bits)] },
          ofPublic: { templates: [], entries: wantedPublic.entries(RSA_PUBLIC, now) },
          ofPrivate: { templates: [], entries: wantedPrivate.entries(RSA_PRIVATE, now) },
        })
        const { publicKeyUniqueIdentifier, privateKeyUniqueIdentifier } = made
        return handles(call.application, [publicKeyUniqueIdentifier, privateKeyUniqueIdentifier])
      },
      kinds,
    )
  },
)

/** C_CreateObject: a secret key that the client brings. */
export const createObject = ofSession(
  (reader) => readTemplate(reader, 'values'),
  async (template, call) => {
    const wanted = new Template(template)
    const kind = [AES, GENERIC].find(({ keyType }) => keyType === wanted.ulong('KEY_TYPE'))
    if (wanted.ulong('CLASS') !== ObjectClass.SecretKey || kind === undefined) {
      return { code: RC.TEMPLATE_INCONSISTENT }
    }
    return making(
      call,
      [template],
      async () => {
        const value = wanted.bytes('VALUE')
        if (wanted.ulong('VALUE_LEN') !== undefined) return { code: RC.TEMPLATE_INCONSISTENT }
        if (value === undefined) return { code: RC.TEMPLATE_INCOMPLETE }
        const material = Secret.copyOf(value)
        const made = await call.context.perform(register, {
          objectType: ObjectType.SymmetricKey,
          attributes: { templates: [], entries: wanted.entries(kind, call.context.now) },
          object: {
            objectType: ObjectType.SymmetricKey,
            keyBlock: {
              keyFormatType: KeyFormatType.Raw,
              keyValue: { form: 'bytes', material, attributes: [] },
              cryptographicAlgorithm: kind.algorithm,
              cryptographicLength: value.length * 8,
            },
          },
        })
        return handles(call.application, [made.uniqueIdentifier])
      },
      [kind],
    )
  },
)

function entry(name: 'CryptographicLength', value: number): AttributeEntry {
  return { reference: { name }, value }
}

/** Makes objects where session and templates permit it; the values that templates brought are zeroed behind it. */
export async function making(
  { session }: SessionCall,
  templates: readonly (readonly CryptokiAttribute[])[],
  make: (first: Template, second?: Template) => Promise<Outcome>,
  kinds: readonly KeyKind[],
): Promise<Outcome> {
  try {
    if (!session.isReadWrite) return { code: RC.SESSION_READ_ONLY }
    for (const [index, template] of templates.entries()) {
      const kind = kinds[index]
      const refusal = kind && templateRefusal(template, kind)
      if (refusal !== undefined) return { code: refusal }
    }
    const [first, second] = templates.map((each) => new Template(each))
    if (first === undefined) return { code: RC.TEMPLATE_INCOMPLETE }
    return await make(first, second)
  } catch (error) {
    // There are no other parameters than the template's to be wrong.
    const isWrong = error instanceof KmipFault && OF_TEMPLATES.includes(error.code)
    if (isWrong) return { code: RC.ATTRIBUTE_VALUE_INVALID }
    throw error
  } finally {
    for (const { value } of templates.flat()) value?.fill(0)
  }
}

const OF_TEMPLATES: readonly string[] = ['INVALID_FIELD', 'UNSUPPORTED_CRYPTOGRAPHY']

/** The handles of new objects. Throws `SERVER_LIMIT`. */
export function handles(application: Application, identifiers: readonly string[]): Outcome {
  const writer = new ParameterWriter()
  for (const each of identifiers) {
    const handle = application.handleOf(each)
    // Without a handle the client could do nothing with the object: it is not made either.
    if (handle === undefined) {
      throw new KmipFault('SERVER_LIMIT', 'The application holds too many objects')
    }
    writer.ulong(handle)
  }
  return { code: RC.OK, output: writer.take() }
}
