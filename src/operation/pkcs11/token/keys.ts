import { readTemplate } from '../../../message/pkcs11/attribute.ts'
import { readMechanism } from '../../../message/pkcs11/mechanism.ts'
import { TokenRefusal, type TokenAttribute, type TokenObject } from '../../../port/token.ts'
import type { OperationName } from '../../../spec/operation.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../spec/pkcs11/attribute.ts'
import { Mechanism, MechanismFlag, ObjectClass } from '../../../spec/pkcs11/constant.ts'
import { ofSession, type Outcome, type SessionCall } from '../call.ts'
import { F4, handles, making, RSA_PRIVATE, RSA_PUBLIC, SECRET_KEYS } from '../keys.ts'
import { Template } from '../template.ts'
import type { Hsm } from './hsm.ts'
import { onToken } from './on-token.ts'
import { markAttribute, markOf, newId, referenceOf } from './mark.ts'
import { offers } from './mechanism.ts'
import { keyAttributes, namesWanted } from './template.ts'

/** Bytes of a secret without a kind, and bits of RSA, at most: larger ones hold the token up. */
const MOST_SECRET = 1_024
const RSA_BITS = { least: 1_024, most: 4_096 }

/** C_GenerateKey: a secret key that stays in the token. */
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
        if (length > MOST_SECRET) return { code: RC.KEY_SIZE_RANGE }
        return made(call, { operation: 'Create', wanted: [wanted] }, async (hsm, [id]) => {
          checkOffer(hsm, mechanism.type, MechanismFlag.Generate)
          await hsm.token.generate({ type: mechanism.type }, [
            ...commonAttributes(call, id),
            ...keyAttributes(wanted, kind, hsm),
            { type: CKA.VALUE_LEN[0], value: length },
          ])
          return [{ objectClass: kind.objectClass, id }]
        })
      },
      [kind],
    )
  },
)

/** C_GenerateKeyPair: the handle of the public key comes first. */
export const generateKeyPair = ofSession(
  (reader) => ({
    mechanism: readMechanism(reader),
    ofPublic: readTemplate(reader, 'values'),
    ofPrivate: readTemplate(reader, 'values'),
  }),
  async ({ mechanism, ofPublic, ofPrivate }, call) => {
    if (mechanism.type !== Mechanism.RSA_PKCS_KEY_PAIR_GEN) return { code: RC.MECHANISM_INVALID }
    if (mechanism.parameter !== undefined) return { code: RC.MECHANISM_PARAM_INVALID }
    return making(call, [ofPublic, ofPrivate], async (first, second) => pair(first, second, call), [
      RSA_PUBLIC,
      RSA_PRIVATE,
    ])
  },
)

async function pair(
  wantedPublic: Template,
  wantedPrivate: Template | undefined,
  call: SessionCall,
): Promise<Outcome> {
  const bits = wantedPublic.ulong('MODULUS_BITS')
  if (bits === undefined || wantedPrivate === undefined) return { code: RC.TEMPLATE_INCOMPLETE }
  if (bits < RSA_BITS.least || bits > RSA_BITS.most || bits % 8 !== 0) {
    return { code: RC.KEY_SIZE_RANGE }
  }
  const exponent = wantedPublic.hex('PUBLIC_EXPONENT')?.replace(/^(00)+/, '')
  if (exponent !== undefined && exponent !== F4) return { code: RC.ATTRIBUTE_VALUE_INVALID }
  const wanted = [wantedPublic, wantedPrivate]
  return made(call, { operation: 'CreateKeyPair', wanted }, async (hsm, [ofPublic, ofPrivate]) => {
    const type = Mechanism.RSA_PKCS_KEY_PAIR_GEN
    checkOffer(hsm, type, MechanismFlag.GenerateKeyPair)
    const publicAttributes = [
      ...commonAttributes(call, ofPublic),
      ...keyAttributes(wantedPublic, RSA_PUBLIC, hsm),
      { type: CKA.MODULUS_BITS[0], value: bits },
      { type: CKA.PUBLIC_EXPONENT[0], value: Uint8Array.of(1, 0, 1) },
    ]
    const privateAttributes = [
      ...commonAttributes(call, ofPrivate),
      ...keyAttributes(wantedPrivate, RSA_PRIVATE, hsm),
    ]
    await call.context.slowly(async () =>
      hsm.token.generatePair({ type }, publicAttributes, privateAttributes),
    )
    return [
      { objectClass: ObjectClass.PublicKey, id: ofPublic },
      { objectClass: ObjectClass.PrivateKey, id: ofPrivate },
    ]
  })
}

/** C_CreateObject: a secret key that the client brings, and that stays in the token from then on. */
export const createObject = ofSession(
  (reader) => readTemplate(reader, 'values'),
  async (template, call) => {
    const brought = new Template(template)
    const kinds = [...SECRET_KEYS.values()]
    const kind = kinds.find(({ keyType }) => keyType === brought.ulong('KEY_TYPE'))
    if (brought.ulong('CLASS') !== ObjectClass.SecretKey || kind === undefined) {
      return { code: RC.TEMPLATE_INCONSISTENT }
    }
    return making(
      call,
      [template],
      async (wanted) => {
        const value = wanted.bytes('VALUE')
        if (wanted.ulong('VALUE_LEN') !== undefined) return { code: RC.TEMPLATE_INCONSISTENT }
        if (value === undefined) return { code: RC.TEMPLATE_INCOMPLETE }
        if (value.length > MOST_SECRET) return { code: RC.KEY_SIZE_RANGE }
        return made(call, { operation: 'Register', wanted: [wanted] }, async (hsm, [id]) => {
          await hsm.token.create([
            ...commonAttributes(call, id),
            ...keyAttributes(wanted, kind, hsm),
            { type: CKA.CLASS[0], value: kind.objectClass },
            { type: CKA.KEY_TYPE[0], value: kind.keyType },
            { type: CKA.VALUE[0], value },
          ])
          return [{ objectClass: kind.objectClass, id }]
        })
      },
      [kind],
    )
  },
)

interface Order {
  /** What it is in KMIP. */
  readonly operation: OperationName
  readonly wanted: readonly Template[]
}

type Make = (
  hsm: Hsm,
  ids: readonly [Uint8Array, Uint8Array],
) => Promise<readonly Pick<TokenObject, 'objectClass' | 'id'>[]>

/** Makes objects where there is room for them, in the token and in the application. */
async function made(call: SessionCall, { operation, wanted }: Order, make: Make): Promise<Outcome> {
  const { application, context } = call
  const unique = context.random.bytes(16)
  const ids = wanted.map((each) => unique.expose((bytes) => newId(namesWanted(each), bytes)))
  const [first, second = first] = ids
  if (first === undefined || second === undefined) return { code: RC.ATTRIBUTE_VALUE_INVALID }
  if (application.handlesLeft < wanted.length) return { code: RC.DEVICE_MEMORY }
  const objects = await onToken(context, operation, async (hsm) => {
    const most = hsm.objectsPerClient
    const held = await heldBy(context, hsm)
    if (held + wanted.length > most) throw new TokenRefusal(RC.DEVICE_MEMORY)
    return make(hsm, [first, second])
  })
  return handles(application, objects.map(referenceOf))
}

/** Objects of the client, the keys of its managed objects included; with more than it may have it is that many. */
async function heldBy(
  { identity, crypto }: SessionCall['context'],
  { token, residents, objectsPerClient: most }: Hsm,
): Promise<number> {
  const held = await token.count([markAttribute({ identity, crypto })], most)
  const label = residents.labelOf(identity.id, crypto)
  return held + (await token.count([{ type: CKA.LABEL[0], value: label }], most))
}

function checkOffer(hsm: Hsm, type: number, flag: number): void {
  if (!offers(hsm, type, flag)) throw new TokenRefusal(RC.MECHANISM_INVALID)
}

/** What every object of a client has. */
function commonAttributes({ context }: SessionCall, id: Uint8Array): readonly TokenAttribute[] {
  return [
    { type: CKA.TOKEN[0], value: true },
    { type: CKA.LABEL[0], value: markOf(context) },
    { type: CKA.ID[0], value: id },
  ]
}
