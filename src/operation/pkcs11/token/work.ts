import { readMechanism, type CryptokiMechanism } from '../../../message/pkcs11/mechanism.ts'
import type { ParameterReader } from '../../../message/pkcs11/parameter-reader.ts'
import { ParameterWriter } from '../../../message/pkcs11/parameter-writer.ts'
import { TokenRefusal } from '../../../port/token.ts'
import { Secret } from '../../../secret/secret.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import type { OperationName } from '../../../spec/operation.ts'
import { CRYPTOKI_ATTRIBUTES as CKA } from '../../../spec/pkcs11/attribute.ts'
import type { ActiveOperation, Use } from '../application.ts'
import { checkedPlan } from '../begin.ts'
import { OK, ofSession, type CryptokiFunction, type Outcome, type SessionCall } from '../call.ts'
import { readBuffer, type OutputBuffer } from '../general.ts'
import { ending, lengthAlone, misfit, mostOf, tooSmall, wiped, withData } from '../work.ts'
import { onToken } from './on-token.ts'
import { objectIn } from './mark.ts'
import { offers, tokenMechanism, USE_FLAGS } from './mechanism.ts'
import { returnCodeOf } from './return-code.ts'

/** Bytes of data for one operation, and of all that wait in one application: a token works on data as a whole. */
const MOST_DATA = 1_048_576
const MOST_WAITING = 16 * MOST_DATA

/** The KMIP operation that does the same. */
const OPERATIONS: Readonly<Record<Use, OperationName>> = {
  encrypt: 'Encrypt',
  decrypt: 'Decrypt',
  digest: 'Hash',
  sign: 'Sign',
  verify: 'SignatureVerify',
}

const USE_ATTRIBUTES = {
  encrypt: CKA.ENCRYPT[0],
  decrypt: CKA.DECRYPT[0],
  digest: undefined,
  sign: CKA.SIGN[0],
  verify: CKA.VERIFY[0],
} as const satisfies Readonly<Record<Use, number | undefined>>

/** C_EncryptInit and its like: a mechanism and a key that may be used for it. */
export function beginWithKey(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ mechanism: readMechanism(reader), key: reader.ulong() }),
    async ({ mechanism, key: handle }, call) => {
      const active = planned(use, mechanism, call)
      if (typeof active === 'number') return { code: active }
      const key = call.application.objectOf(handle)
      if (key === undefined) return { code: RC.KEY_HANDLE_INVALID }
      const bits = await bitsOf(use, { ...active, key }, call)
      call.after(() => {
        call.session.go(use, { ...active, key, bits })
      })
      return OK
    },
  )
}

/** C_DigestInit: a mechanism alone. */
export const digestInit = ofSession(
  (reader: ParameterReader) => readMechanism(reader),
  (mechanism, call) => {
    const active = planned('digest', mechanism, call)
    if (typeof active === 'number') return { code: active }
    call.after(() => {
      call.session.go('digest', active)
    })
    return OK
  },
)

function planned(use: Use, mechanism: CryptokiMechanism, call: SessionCall): ActiveOperation | RC {
  const plan = checkedPlan(use, mechanism, call)
  if (typeof plan === 'number') return plan
  const parameter = mechanism.parameter?.length ?? 0
  if (!call.application.hasRoom(parameter)) return RC.DEVICE_MEMORY
  const { hsm } = call.context
  if (hsm === undefined || !offers(hsm, mechanism.type, USE_FLAGS[use])) {
    return RC.MECHANISM_INVALID
  }
  const forToken = tokenMechanism(mechanism, plan)
  return { plan, bits: 0, held: 0, parameter, mechanism: forToken, parts: [] }
}

/** Bits of a key of RSA, after which results are as long. Throws `TokenRefusal` for a key that may not be used so. */
async function bitsOf(
  use: Use,
  active: ActiveOperation,
  { context }: SessionCall,
): Promise<number> {
  const key = objectIn(active.key ?? '', context)
  const type = USE_ATTRIBUTES[use]
  const types = [...(type === undefined ? [] : [type]), CKA.MODULUS[0]]
  return onToken(context, OPERATIONS[use], async ({ token }) => {
    const wanted = active.plan.shape === 'key' ? types : types.slice(0, -1)
    const [mayBeUsed, modulus] = await ofKey(async () => token.read(key, wanted))
    if (mayBeUsed === undefined || !('value' in mayBeUsed) || mayBeUsed.value !== true) {
      throw new TokenRefusal(RC.KEY_FUNCTION_NOT_PERMITTED)
    }
    if (active.plan.shape !== 'key') return 0
    const value = modulus && 'value' in modulus ? modulus.value : undefined
    if (!(value instanceof Uint8Array)) throw new TokenRefusal(RC.KEY_TYPE_INCONSISTENT)
    return value.length * 8
  })
}

/** An object that is not there is no key. */
async function ofKey<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TokenRefusal && error.returnCode === RC.OBJECT_HANDLE_INVALID) {
      throw new TokenRefusal(RC.KEY_HANDLE_INVALID, { cause: error })
    }
    throw error
  }
}

/** C_Encrypt and its like: all data at once, into a buffer. */
export function wholeInto(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ data: reader.secret(), buffer: readBuffer(reader) }),
    async ({ data, buffer }, call) =>
      withData(data, async () => {
        const active = ready(use, call)
        if (typeof active === 'number') return { code: active }
        return deliver(use, { active, buffer, data }, call)
      }),
  )
}

/** C_EncryptFinal and its like: what all the parts give, into a buffer. */
export function restInto(use: Use): CryptokiFunction {
  return ofSession(readBuffer, async (buffer, call) => {
    const active = call.session.active(use)
    if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
    const data = joined(active)
    return withData(data, async () => deliver(use, { active, buffer, data }, call))
  })
}

/** C_EncryptUpdate and its like: a part of the data, which gives nothing before the last. */
export function partInto(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ data: reader.secret(), buffer: readBuffer(reader) }),
    ({ data, buffer }, call) => {
      if (!buffer.isWanted) {
        data.destroy()
        return call.session.active(use) === undefined
          ? { code: RC.OPERATION_NOT_INITIALIZED }
          : lengthAlone(0)
      }
      const outcome = gather(use, data, call)
      if (outcome.code !== RC.OK) return outcome
      return {
        code: RC.OK,
        output: new ParameterWriter().output(new Uint8Array(0), true).take(),
      }
    },
  )
}

/** C_DigestUpdate and its like: a part of the data. */
export function partIn(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => reader.secret(),
    (data, call) => gather(use, data, call),
  )
}

/** C_Verify: all data and what is to be verified. */
export const verify = ofSession(
  (reader) => ({ data: reader.secret(), proof: reader.bytes() }),
  async ({ data, proof }, call) =>
    withData(data, async () => {
      const active = ready('verify', call)
      if (typeof active === 'number') return { code: active }
      return judged({ active, data, proof }, call)
    }),
)

/** C_VerifyFinal: what is to be verified. */
export const verifyFinal = ofSession(
  (reader) => reader.bytes(),
  async (proof, call) => {
    const active = call.session.active('verify')
    if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
    const data = joined(active)
    return withData(data, async () => judged({ active, data, proof }, call))
  },
)

/** The operation that was begun, for all data at once: no part of it may have come before. */
function ready(use: Use, { session }: SessionCall): ActiveOperation | RC {
  const active = session.active(use)
  if (active === undefined) return RC.OPERATION_NOT_INITIALIZED
  return active.parts?.length === 0 ? active : RC.OPERATION_ACTIVE
}

/** Keeps a part; one too many ends the operation. */
function gather(use: Use, data: Secret, call: SessionCall): Outcome {
  const { application, session, after } = call
  const active = session.active(use)
  if (active === undefined) {
    data.destroy()
    return { code: RC.OPERATION_NOT_INITIALIZED }
  }
  const held = active.held + data.length
  if (held > MOST_DATA || application.waitingBytes + data.length > MOST_WAITING) {
    data.destroy()
    return ending(use, held > MOST_DATA ? RC.DATA_LEN_RANGE : RC.DEVICE_MEMORY, call)
  }
  const parts = [...(active.parts ?? []), data]
  after(() => {
    session.go(use, { ...active, held, parts })
  })
  return OK
}

function joined({ parts = [], held }: ActiveOperation): Secret {
  const all = new Uint8Array(held)
  let offset = 0
  for (const part of parts) {
    part.expose((bytes) => {
      all.set(bytes, offset)
    })
    offset += part.length
  }
  return Secret.take(all)
}

interface Task {
  readonly active: ActiveOperation
  readonly data: Secret
}

async function deliver(
  use: Use,
  { active, data, buffer }: Task & { readonly buffer: OutputBuffer },
  call: SessionCall,
): Promise<Outcome> {
  const wrongLength = misfit(use, active, data.length)
  if (wrongLength !== undefined) return ending(use, wrongLength, call)
  if (data.length > MOST_DATA) return ending(use, RC.DATA_LEN_RANGE, call)
  // What was held is in the data.
  const most = mostOf(use, { ...active, held: 0 }, data.length, 'whole')
  if (!buffer.isWanted) return lengthAlone(most)
  if (use !== 'decrypt' && buffer.room < most) return tooSmall(most)
  const output = await attempt(use, { active, data }, call)
  if (typeof output === 'number') return ending(use, output, call)
  if (output.length > buffer.room) {
    output.fill(0)
    return tooSmall(output.length)
  }
  const written = wiped(output, new ParameterWriter().output(output, true))
  return { ...ending(use, RC.OK, call), output: written }
}

async function judged(
  { active, data, proof }: Task & { readonly proof: Uint8Array },
  call: SessionCall,
): Promise<Outcome> {
  if (data.length > MOST_DATA) return ending('verify', RC.DATA_LEN_RANGE, call)
  const result = await attempt('verify', { active, data, proof }, call)
  return ending('verify', typeof result === 'number' ? result : RC.OK, call)
}

/** Whatever an operation is refused for ends it (PKCS#11 3.0 section 5.2). */
async function attempt(
  use: Use,
  { active, data, proof }: Task & { readonly proof?: Uint8Array },
  { context }: SessionCall,
): Promise<Uint8Array | RC> {
  const { mechanism, key } = active
  if (mechanism === undefined) return RC.OPERATION_NOT_INITIALIZED
  const task = {
    use,
    mechanism,
    data,
    ...(key === undefined ? {} : { key: objectIn(key, context) }),
    ...(proof === undefined ? {} : { proof }),
  }
  try {
    return await onToken(context, OPERATIONS[use], async ({ token }) =>
      ofKey(async () => token.perform(task)),
    )
  } catch (error) {
    if (!(error instanceof TokenRefusal)) throw error
    return use === 'decrypt' && !OF_KEYS.includes(error.returnCode)
      ? RC.ENCRYPTED_DATA_INVALID
      : returnCodeOf(error)
  }
}

/** What decryption may be refused for beside its data, of which nothing more is told. */
const OF_KEYS: readonly number[] = [
  ...[RC.DEVICE_ERROR, RC.DEVICE_MEMORY, RC.KEY_HANDLE_INVALID, RC.KEY_TYPE_INCONSISTENT],
  ...[RC.KEY_FUNCTION_NOT_PERMITTED, RC.MECHANISM_INVALID, RC.MECHANISM_PARAM_INVALID],
]
