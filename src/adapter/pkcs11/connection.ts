import { KmipFault } from '../../fault/fault.ts'
import type { TokenMechanismRow } from '../../port/token.ts'
import type { Secret } from '../../secret/secret.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import { UserType } from '../../spec/pkcs11/constant.ts'
import { LibraryChild, unreachable, type LibraryCall, type LibraryResult } from './child.ts'
import { checkedModule } from './file-checks.ts'
import { returnCodeName } from './return-code.ts'
import { checkPinTries } from './pin-tries.ts'
import { SessionPool } from './session-pool.ts'
import { numberOf } from './value.ts'

/** Which token, and how it is used. */
export interface TokenSettings {
  /** Path of the vendor's library. */
  readonly module: string
  /** What the library is told when it begins; most want to be told nothing. */
  readonly moduleParameters?: string | undefined
  /** Identifier of the slot; without it the label of the token is looked for. */
  readonly slot?: number | undefined
  readonly label?: string | undefined
  /** Reads the PIN, for one login. It is destroyed behind it. */
  readonly pin: () => Promise<Secret>
  /** Sessions that work at the same time, at most. */
  readonly sessions: number
  /** Milliseconds for one use of the token; to make a pair of keys it has twelve times as long. */
  readonly deadlineMs: number
}

/** One login, until the process that holds it is gone. */
export interface Connection {
  readonly child: LibraryChild
  readonly pool: SessionPool
  readonly mechanisms: readonly TokenMechanismRow[]
}

/**
 * Starts a process, has it load the library and log in. Throws `UNAVAILABLE` and `INVALID_FIELD` with words for those
 * who run the server, and `AUTHENTICATION_FAILED` when the token does not accept the PIN.
 *
 * @param signal - ends the attempt, and with it the process: nothing logs in for somebody who has gone
 */
export async function connect(
  settings: TokenSettings,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Connection> {
  const module = await checkedModule(settings.module)
  if (signal.aborted) throw unreachable()
  const child = new LibraryChild(environment)
  const end = (): void => {
    child.kill()
  }
  signal.addEventListener('abort', end)
  try {
    await child.load({ module, parameters: settings.moduleParameters }, START)
    const slot = await slotOf(child, settings)
    await login(child, slot, settings)
    const mechanisms = await mechanismsOf(child, slot)
    const { sessions: most, deadlineMs: deadline } = settings
    return { child, mechanisms, pool: new SessionPool({ child, slot, most, deadline }) }
  } catch (error) {
    child.kill()
    throw error
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** Milliseconds for each step of the start: libraries are known that take their time. */
const START = 15_000

async function slotOf(child: LibraryChild, settings: TokenSettings): Promise<Uint8Array> {
  const { slot, label } = settings
  const slots = bytesIn((await single(child, ['C_GetSlotList', true], 'list its slots')).value)
  if (slot !== undefined) {
    const found = slots.find((each) => numberOf(each) === slot)
    if (found !== undefined) return found
    throw refusal(`The PKCS#11 module has no token in slot ${slot}`)
  }
  const infos = await child.call(
    slots.map((each) => ['C_GetTokenInfo', each]),
    START,
    true,
  )
  const found = slots.filter((_, index) => labelIn(infos[index]?.value) === label)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const count = found.length === 0 ? 'no token' : 'more than one token'
  throw refusal(`The PKCS#11 module has ${count} with the label ${label ?? ''}`)
}

/** The session stays open and unused: with the last one the login would end. */
async function login(
  child: LibraryChild,
  slot: Uint8Array,
  settings: TokenSettings,
): Promise<void> {
  const { value: session } = await single(child, ['C_OpenSession', slot, 0x6], 'open a session')
  const { value: info } = await single(child, ['C_GetTokenInfo', slot], 'tell of its token')
  checkPinTries(flagsIn(info))
  const pin = await settings.pin()
  try {
    const [result] = await pin.expose(async (bytes) =>
      child.call([['C_Login', session, UserType.User, { pin: bytes }]], START),
    )
    const code = result?.code ?? RC.OK
    if (code === RC.OK || code === RC.USER_ALREADY_LOGGED_IN) return
    throw new KmipFault(
      'AUTHENTICATION_FAILED',
      `The token does not accept the PIN (${returnCodeName(code)})`,
    )
  } finally {
    pin.destroy()
  }
}

async function mechanismsOf(
  child: LibraryChild,
  slot: Uint8Array,
): Promise<readonly TokenMechanismRow[]> {
  const list = await single(child, ['C_GetMechanismList', slot], 'list its mechanisms')
  const types = Array.isArray(list.value)
    ? list.value.filter((each) => typeof each === 'number')
    : []
  const infos = await child.call(
    types.map((type) => ['C_GetMechanismInfo', slot, type]),
    START,
    true,
  )
  return types.flatMap((type, index) => {
    const sizes = rowOf(infos[index]?.value)
    return sizes === undefined ? [] : [{ type, ...sizes }]
  })
}

async function single(
  child: LibraryChild,
  call: LibraryCall,
  what: string,
): Promise<LibraryResult> {
  const [result] = await child.call([call], START)
  if (result !== undefined && result.code === undefined) return result
  throw refusal(
    `The PKCS#11 module does not ${what} (${returnCodeName(result?.code ?? RC.GENERAL_ERROR)})`,
  )
}

function bytesIn(value: unknown): readonly Uint8Array[] {
  return Array.isArray(value) ? value.filter((each) => each instanceof Uint8Array) : []
}

function labelIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('label' in value)) return undefined
  return typeof value.label === 'string' ? value.label.replace(/[\s\0]+$/, '') : undefined
}

function flagsIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'flags' in value ? value.flags : undefined
}

function rowOf(value: unknown): Omit<TokenMechanismRow, 'type'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!('minKeySize' in value && 'maxKeySize' in value && 'flags' in value)) return undefined
  const { minKeySize, maxKeySize, flags } = value
  const isWhole =
    typeof minKeySize === 'number' && typeof maxKeySize === 'number' && typeof flags === 'number'
  return isWhole ? { sizes: [minKeySize, maxKeySize], flags } : undefined
}

function refusal(message: string): KmipFault {
  return new KmipFault('UNAVAILABLE', message)
}
