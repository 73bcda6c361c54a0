import { ParameterWriter } from '../../message/pkcs11/parameter-writer.ts'
import type { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { TOKEN_PRESENT, TokenFlag } from '../../spec/pkcs11/constant.ts'
import { nothing, ofApplication, type Call, type CryptokiFunction, type Outcome } from './call.ts'
import { MECHANISMS, mechanismRow } from './mechanisms.ts'

/** The one slot; its token holds the managed objects of the client that asks. */
export const SLOT = 1
const MAKER = 'kmipd'
/** Version of hardware and firmware, of which there are none. */
const FIRST = { major: 1, minor: 0 }
/** What PKCS#11 has for a count or a size that is nobody's business, `CK_UNAVAILABLE_INFORMATION` in 64 bits. */
const UNAVAILABLE = new Uint8Array(8).fill(0xff)

export interface OutputBuffer {
  readonly isWanted: boolean
  /** Elements that it has room for. */
  readonly room: number
}

/** A buffer of the caller: whether there is one, and for how much it has room. */
export function readBuffer(reader: ParameterReader): OutputBuffer {
  return { isWanted: reader.flag(), room: reader.length() }
}

/** What whoever runs the server has it say of itself; its own version it does not tell unless told to. */
export const getInfo = ofApplication(nothing, (_, { context }) => {
  const { cryptokiVersion, manufacturer, description, libraryVersion } = context.cryptoki.info
  return {
    code: RC.OK,
    output: new ParameterWriter()
      .version(cryptokiVersion)
      .padded(manufacturer, 32)
      .ulong(0)
      .padded(description, 32)
      .version(libraryVersion)
      .take(),
  }
})

export const getSlotList = ofApplication(
  (reader) => ({ tokenPresent: reader.flag(), buffer: readBuffer(reader) }),
  ({ buffer }) => numbersInto(buffer, [SLOT]),
)

/** An array of numbers into a buffer, or their count alone (PKCS#11 3.0 section 5.2). */
export function numbersInto({ isWanted, room }: OutputBuffer, numbers: readonly number[]): Outcome {
  const isGiven = isWanted && room >= numbers.length
  const writer = new ParameterWriter().flag(isGiven).length(numbers.length)
  if (isGiven) for (const number of numbers) writer.ulong(number)
  return {
    code: isWanted && !isGiven ? RC.BUFFER_TOO_SMALL : RC.OK,
    output: writer.take(),
  }
}

/** A function of a slot: there is one. */
export function ofSlot<A>(
  read: (reader: ParameterReader) => A,
  run: (parameters: A, call: Call) => Outcome,
): CryptokiFunction {
  return ofApplication(
    (reader) => ({ slot: reader.ulong(), rest: read(reader) }),
    ({ slot, rest }, call) => (slot === SLOT ? run(rest, call) : { code: RC.SLOT_ID_INVALID }),
  )
}

export const getSlotInfo = ofSlot(nothing, () => ({
  code: RC.OK,
  output: new ParameterWriter()
    .padded('managed objects of the client', 64)
    .padded(MAKER, 32)
    .ulong(TOKEN_PRESENT)
    .version(FIRST)
    .version(FIRST)
    .take(),
}))

/** Nobody logs in with a PIN: who asks is known from the certificate. */
const TOKEN_FLAGS =
  TokenFlag.Rng |
  TokenFlag.TokenInitialized |
  TokenFlag.UserPinInitialized |
  TokenFlag.ProtectedAuthenticationPath

export const getTokenInfo = ofSlot(nothing, (_, { application, context }) => {
  const { size } = application.sessions
  const most = context.cryptoki.limits.sessions
  const readWrite = [...application.sessions.values()].filter((each) => each.isReadWrite).length
  return {
    code: RC.OK,
    output: new ParameterWriter()
      .padded(MAKER, 32)
      .padded(MAKER, 32)
      .padded(MAKER, 16)
      .padded('1', 16)
      .ulong(TOKEN_FLAGS)
      .ulong(most)
      .ulong(size)
      .ulong(most)
      .ulong(readWrite)
      .ulong(0)
      .ulong(0)
      .raw(UNAVAILABLE)
      .raw(UNAVAILABLE)
      .raw(UNAVAILABLE)
      .raw(UNAVAILABLE)
      .version(FIRST)
      .version(FIRST)
      .padded('', 16)
      .take(),
  }
})

export const getMechanismList = ofSlot(readBuffer, (buffer) =>
  numbersInto(
    buffer,
    MECHANISMS.map(({ type }) => type),
  ),
)

export const getMechanismInfo = ofSlot(
  (reader) => reader.ulong(),
  (type) => {
    const row = mechanismRow(type)
    if (row === undefined) return { code: RC.MECHANISM_INVALID }
    const [least, most] = row.sizes
    return {
      code: RC.OK,
      output: new ParameterWriter().ulong(least).ulong(most).ulong(row.flags).take(),
    }
  },
)
