import { KmipFault } from '../../fault/fault.ts'
import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { Secret } from '../../secret/secret.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import type { ActiveOperation, Use } from './application.ts'
import { OK, ofSession, type CryptokiFunction, type Outcome, type SessionCall } from './call.ts'
import { readBuffer, type OutputBuffer } from './general.ts'
import { performPart, type DataPart, type PartResult } from './part.ts'

/** Bytes of a block of AES, the only block cipher that there is. */
const BLOCK = 16

/** C_Encrypt and its like: all data at once, into a buffer. */
export function wholeInto(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ data: reader.secret(), buffer: readBuffer(reader) }),
    async ({ data, buffer }, call) =>
      withData(data, async () => {
        const active = ready(use, call)
        if (typeof active === 'number') return { code: active }
        const wrongLength = misfit(use, active, data.length)
        if (wrongLength !== undefined) return ending(use, wrongLength, call)
        const most = mostOf(use, active, data.length, 'whole')
        if (!buffer.isWanted) return lengthAlone(most)
        // What protects gives exactly as many bytes, and must not be counted before there is room for them.
        if (use !== 'decrypt' && buffer.room < most) return tooSmall(most)
        return deliver(use, { active, buffer, part: { place: 'whole', data } }, call)
      }),
  )
}

/** C_EncryptUpdate and its like: a part of the data, into a buffer. */
export function partInto(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => ({ data: reader.secret(), buffer: readBuffer(reader) }),
    async ({ data, buffer }, call) =>
      withData(data, async () => {
        const active = call.session.active(use)
        if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
        const most = mostOf(use, active, data.length, 'part')
        if (!buffer.isWanted) return lengthAlone(most)
        if (buffer.room < most) return tooSmall(most)
        return deliver(use, { active, buffer, part: { place: 'part', data } }, call)
      }),
  )
}

/** C_EncryptFinal and its like: what is left, into a buffer. */
export function restInto(use: Use): CryptokiFunction {
  return ofSession(readBuffer, async (buffer, call) => {
    const active = call.session.active(use)
    if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
    const most = mostOf(use, active, 0, 'last')
    if (!buffer.isWanted) return lengthAlone(most)
    if (buffer.room < most) return tooSmall(most)
    return deliver(use, { active, buffer, part: { place: 'last' } }, call)
  })
}

/** C_DigestUpdate and its like: a part of the data that gives nothing yet. */
export function partIn(use: Use): CryptokiFunction {
  return ofSession(
    (reader) => reader.secret(),
    async (data, call) =>
      withData(data, async () => {
        const active = call.session.active(use)
        if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
        const result = await attempt(use, { active, part: { place: 'part', data } }, call)
        if ('code' in result) return result
        goOn(use, active, { taken: 0, result }, call)
        return OK
      }),
  )
}

/** C_Verify: all data and what is to be verified. */
export const verify = ofSession(
  (reader) => ({ data: reader.secret(), proof: reader.bytes() }),
  async ({ data, proof }, call) =>
    withData(data, async () => {
      const active = ready('verify', call)
      if (typeof active === 'number') return { code: active }
      return judged(active, { place: 'whole', data, proof }, call)
    }),
)

/** C_VerifyFinal: what is to be verified. */
export const verifyFinal = ofSession(
  (reader) => reader.bytes(),
  async (proof, call) => {
    const active = call.session.active('verify')
    if (active === undefined) return { code: RC.OPERATION_NOT_INITIALIZED }
    return judged(active, { place: 'last', proof }, call)
  },
)

/** C_SessionCancel ends what is under way, each by its flag. */
export const sessionCancel = ofSession(
  (reader) => reader.ulong(),
  (flags, { session }) => {
    for (const [use, flag] of CANCEL_FLAGS) if ((flags & flag) !== 0) session.end(use)
    if ((flags & FIND_OBJECTS) !== 0) session.search = undefined
    return OK
  },
)

const FIND_OBJECTS = 0x40
const CANCEL_FLAGS: readonly (readonly [Use, number])[] = [
  ['encrypt', 0x100],
  ['decrypt', 0x200],
  ['digest', 0x400],
  ['sign', 0x800],
  ['verify', 0x2000],
]

/** Data of a request is zeroed when it was worked on. */
export async function withData(data: Secret, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } finally {
    data.destroy()
  }
}

/** The operation that was begun, for all data at once: no part of it may have come before. */
function ready(use: Use, { session }: SessionCall): ActiveOperation | RC {
  const active = session.active(use)
  if (active === undefined) return RC.OPERATION_NOT_INITIALIZED
  return active.correlation === undefined ? active : RC.OPERATION_ACTIVE
}

/** Without padding only whole blocks are taken. */
export function misfit(use: Use, { plan }: ActiveOperation, length: number): RC | undefined {
  const isDecrypting = use === 'decrypt'
  const wantsBlocks = plan.shape === 'blocks' || (plan.shape === 'padded' && isDecrypting)
  if (!wantsBlocks || length % BLOCK === 0) return undefined
  return isDecrypting ? RC.ENCRYPTED_DATA_LEN_RANGE : RC.DATA_LEN_RANGE
}

/** The most bytes that come out for so many that go in (PKCS#11 3.0 section 5.2 lets it be more than do). */
export function mostOf(
  use: Use,
  { plan, held, bits }: ActiveOperation,
  length: number,
  place: DataPart['place'],
): number {
  const bytes = held + length
  switch (plan.shape) {
    case 'key':
      return place === 'part' ? 0 : Math.ceil(bits / 8)
    case 'fixed':
      return plan.size
    case 'stream':
      return bytes
    case 'sealed':
      return bytes + (isEndOfEncryption(use, place) ? plan.size : 0)
    case 'blocks':
      return wholeBlocks(bytes)
    case 'padded':
      return wholeBlocks(bytes) + (isEndOfEncryption(use, place) ? BLOCK : 0)
  }
}

function wholeBlocks(bytes: number): number {
  return Math.floor(bytes / BLOCK) * BLOCK
}

function isEndOfEncryption(use: Use, place: DataPart['place']): boolean {
  return use === 'encrypt' && place !== 'part'
}

interface Task {
  readonly active: ActiveOperation
  readonly part: DataPart
}

/** Whatever an operation is refused for ends it, but for a buffer that is too small (PKCS#11 3.0 section 5.2). */
async function attempt(
  use: Use,
  { active, part }: Task,
  call: SessionCall,
): Promise<PartResult | Outcome> {
  try {
    return await performPart(use, active, part, call.context)
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
    if (error.code === 'CRYPTO_FAILED' && use === 'decrypt') {
      return ending(use, RC.ENCRYPTED_DATA_INVALID, call)
    }
    call.after(() => {
      call.session.end(use)
    })
    throw error
  }
}

async function deliver(
  use: Use,
  { active, buffer, part }: Task & { readonly buffer: OutputBuffer },
  call: SessionCall,
): Promise<Outcome> {
  const result = await attempt(use, { active, part }, call)
  if ('code' in result) return result
  const { output } = result
  if (part.place === 'whole' && output.length > buffer.room) {
    output.fill(0)
    return tooSmall(output.length)
  }
  const taken = (part.data?.length ?? 0) - output.length
  if (part.place === 'part') goOn(use, active, { taken, result }, call)
  else end(use, call)
  return { code: RC.OK, output: wiped(output, new ParameterWriter().output(output, true)) }
}

/** Ends what is written, and zeroes what it was written from. */
export function wiped(output: Uint8Array, writer: ParameterWriter): Uint8Array {
  const written = writer.take()
  output.fill(0)
  return written
}

async function judged(active: ActiveOperation, part: DataPart, call: SessionCall) {
  const result = await attempt('verify', { active, part }, call)
  if ('code' in result) return result
  return ending('verify', result.isValid === true ? RC.OK : RC.SIGNATURE_INVALID, call)
}

function goOn(
  use: Use,
  active: ActiveOperation,
  { taken, result }: { readonly taken: number; readonly result: PartResult },
  { session, after }: SessionCall,
): void {
  const correlation = result.correlation ?? active.correlation
  after(() => {
    session.go(use, {
      ...active,
      held: active.held + taken,
      ...(correlation === undefined ? {} : { correlation }),
    })
  })
}

function end(use: Use, { session, after }: SessionCall): void {
  after(() => {
    session.end(use)
  })
}

/** An operation is over with what it has come to. */
export function ending(use: Use, code: RC, call: SessionCall): Outcome {
  end(use, call)
  return { code }
}

/** How long the output may be, for those who have no buffer yet (PKCS#11 3.0 section 5.2). */
export function lengthAlone(length: number): Outcome {
  return { code: RC.OK, output: new ParameterWriter().flag(false).length(length).take() }
}

/** The same for those whose buffer is too small. */
export function tooSmall(length: number): Outcome {
  return {
    code: RC.BUFFER_TOO_SMALL,
    output: new ParameterWriter().flag(false).length(length).take(),
  }
}
