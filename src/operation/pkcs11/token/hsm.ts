import { KmipFault } from '../../../fault/fault.ts'
import { isOfObjects } from '../../../model/right.ts'
import { TokenRefusal, type Token } from '../../../port/token.ts'
import { PKCS_11ReturnCode as RC } from '../../../spec/enum/pkcs-11-return-code.ts'
import type { OperationName } from '../../../spec/operation.ts'
import type { OperationContext } from '../../context.ts'
import { lineageOf } from '../../tickets.ts'

/** A token that clients use by PKCS#11 functions, and what they may do with it. */
export interface Hsm {
  readonly token: Token
  /** Objects that one client may have in it. */
  readonly objectsPerClient: number
  /** Whether a client may have keys that can be read. */
  readonly extractable: boolean
}

/**
 * Uses the token for what a KMIP operation would do: whoever may not ask for that may not ask for this. Rights of a
 * ticket for some objects and not for others are about managed objects, so they permit nothing here. Throws
 * `NOT_PERMITTED` and `TokenRefusal`.
 */
export async function onToken<T>(
  context: OperationContext,
  operation: OperationName,
  work: (hsm: Hsm) => Promise<T>,
): Promise<T> {
  const { hsm } = context
  if (hsm === undefined) throw new TokenRefusal(RC.TOKEN_NOT_PRESENT)
  const rights = [...lineageOf(context.presented)].flatMap((ticket) => ticket.rights ?? [])
  if (rights.some(({ right }) => isOfObjects(right))) {
    throw new KmipFault('NOT_PERMITTED', 'The ticket does not permit objects of the token')
  }
  const handle = async (): Promise<T> => reached(async () => work(hsm))
  return context.perform({ name: operation, handle }, undefined)
}

/** A token that cannot be reached is a refusal like others, and PKCS#11 has a word for it. */
async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const isAway = cause instanceof KmipFault && cause.code === 'UNAVAILABLE'
    throw isAway ? new TokenRefusal(RC.DEVICE_ERROR, { cause }) : cause
  }
}
