import { KmipFault } from '../../fault/fault.ts'
import type { FaultCode } from '../../fault/fault-code.ts'
import { ParameterReader } from '../../message/pkcs11/parameter-reader.ts'
import { TokenRefusal } from '../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../spec/enum/pkcs-11-return-code.ts'
import type { OperationContext } from '../context.ts'
import type { Application, Session } from './application.ts'
import { returnCodeOf } from './token/return-code.ts'

/** What a function has come to. */
export interface Outcome {
  readonly code: RC
  /** Output Parameters; they may hold what is secret, and are destroyed with the answer. */
  readonly output?: Uint8Array
}

/** A call of a function. */
export interface Call {
  readonly context: OperationContext
  readonly application: Application
  /** What changes in memory once the batch item is done; of several tries of an item the last one's. */
  readonly after: (effect: () => void) => void
}

export interface SessionCall extends Call {
  readonly session: Session
}

/** A function of the server's own module. Throws `PKCS11_CODEC` for other parameters than its own. */
export type CryptokiFunction = (input: Uint8Array, call: Call) => Promise<Outcome>

export const OK: Outcome = { code: RC.OK }

/** A function of the application: its parameters are read before anything is done. */
export function ofApplication<A>(
  read: (reader: ParameterReader) => A,
  run: (parameters: A, call: Call) => Outcome | Promise<Outcome>,
): CryptokiFunction {
  return async (input, call) => {
    const reader = new ParameterReader(input)
    const parameters = read(reader)
    reader.end()
    return guarded(call, async () => run(parameters, call))
  }
}

/** A function of a session, the handle of which is its first parameter. */
export function ofSession<A>(
  read: (reader: ParameterReader) => A,
  run: (parameters: A, call: SessionCall) => Outcome | Promise<Outcome>,
): CryptokiFunction {
  return async (input, call) => {
    const reader = new ParameterReader(input)
    const handle = reader.ulong()
    const parameters = read(reader)
    reader.end()
    const session = call.application.sessions.get(handle)
    if (session === undefined) return { code: RC.SESSION_HANDLE_INVALID }
    return guarded(call, async () => run(parameters, { ...call, session }))
  }
}

/** For functions without further parameters. */
export function nothing(): undefined {
  return undefined
}

/** A function that is refused leaves no trace of what it did before. */
async function guarded({ context }: Call, run: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await context.perform({ name: 'PKCS_11', handle: run }, undefined)
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined) throw error
    return { code }
  }
}

function codeOf(error: unknown): RC | undefined {
  if (error instanceof TokenRefusal) return returnCodeOf(error)
  return error instanceof KmipFault ? RETURN_CODES[error.code] : undefined
}

/** What an operation of KMIP is refused for, in the words of PKCS#11; whatever is not here is a refusal of KMIP's. */
const RETURN_CODES: Readonly<Partial<Record<FaultCode, RC>>> = {
  OBJECT_NOT_FOUND: RC.OBJECT_HANDLE_INVALID,
  OBJECT_DESTROYED: RC.OBJECT_HANDLE_INVALID,
  OBJECT_ARCHIVED: RC.KEY_FUNCTION_NOT_PERMITTED,
  WRONG_OBJECT_TYPE: RC.KEY_TYPE_INCONSISTENT,
  WRONG_STATE: RC.KEY_FUNCTION_NOT_PERMITTED,
  INCOMPATIBLE_USAGE: RC.KEY_FUNCTION_NOT_PERMITTED,
  USAGE_EXHAUSTED: RC.KEY_EXHAUSTED,
  KEY_VALUE_NOT_PRESENT: RC.KEY_FUNCTION_NOT_PERMITTED,
  SENSITIVE: RC.ATTRIBUTE_SENSITIVE,
  NOT_EXTRACTABLE: RC.ATTRIBUTE_SENSITIVE,
  CRYPTO_FAILED: RC.FUNCTION_FAILED,
  INVALID_FIELD: RC.MECHANISM_PARAM_INVALID,
  MISSING_FIELD: RC.MECHANISM_PARAM_INVALID,
  INVALID_TAG_LENGTH: RC.MECHANISM_PARAM_INVALID,
  PARAMETERS_NOT_OF_KEY: RC.MECHANISM_PARAM_INVALID,
  UNSUPPORTED_CRYPTOGRAPHY: RC.MECHANISM_INVALID,
  INVALID_ATTRIBUTE_VALUE: RC.ATTRIBUTE_VALUE_INVALID,
  NAME_TAKEN: RC.ATTRIBUTE_VALUE_INVALID,
  STREAM_NOT_FOUND: RC.OPERATION_NOT_INITIALIZED,
  SERVER_LIMIT: RC.DEVICE_MEMORY,
}
