import type { ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { KmipFault } from '../../fault/fault.ts'
import { startProgram } from '../child-program.ts'
import { failed } from './refusal.ts'
import { createTurns } from './turns.ts'

/**
 * What the process apart does. It waits for one message, answers with the private key as PKCS#8, and goes when its
 * parent has gone. A pair whose public half does not take what the private one signed is none.
 */
const PROGRAM = `
const { generateKeyPair, sign, verify } = require('node:crypto')
const data = Buffer.from('consistent')
const fits = (key, publicKey) =>
  verify('sha256', data, publicKey, sign('sha256', data, key))
process.once('disconnect', () => process.exit(1))
process.once('message', ({ type, options }) => {
  generateKeyPair(type, options, (error, publicKey, key) => {
    const made = error === null && fits(key, publicKey)
    process.send(made ? key.export({ type: 'pkcs8', format: 'der' }) : null, () => process.exit(0))
  })
})
`

/** Makes slow keys, one at a time. */
interface Workshop {
  /**
   * @param type - as in `rsa`
   * @param options - those of `generateKeyPair` in node:crypto
   * @returns PKCS#8 in DER, in memory of its own. Throws `SERVER_LIMIT`, `UNAVAILABLE`.
   */
  make(type: string, options: Readonly<Record<string, number>>): Promise<Uint8Array>
}

/** How many may wait beside the one that is made, and how long one may take in all, in milliseconds. */
export interface WorkshopLimits {
  readonly waiting: number
  readonly deadline: number
}

export function createWorkshop({ waiting, deadline }: WorkshopLimits): Workshop {
  const inTurn = createTurns(waiting)
  return {
    make: async (type, options) => {
      const expiry = AbortSignal.timeout(deadline)
      return inTurn(async () => made(type, options, expiry))
    },
  }
}

/** The one of this program: key generation competes for the machine's processors, not for a server's. */
export const workshop = createWorkshop({ waiting: 8, deadline: 120_000 })

async function made(
  type: string,
  options: Readonly<Record<string, number>>,
  expiry: AbortSignal,
): Promise<Uint8Array> {
  if (expiry.aborted) throw tooLate()
  const child = startProgram({ name: 'key-workshop', text: PROGRAM })
  yieldTo(child)
  const stop = (): void => {
    child.kill('SIGKILL')
  }
  expiry.addEventListener('abort', stop)
  try {
    return await answerOf(child, { type, options }, expiry)
  } finally {
    expiry.removeEventListener('abort', stop)
    stop()
  }
}

async function answerOf(
  child: ChildProcess,
  order: { readonly type: string; readonly options: object },
  expiry: AbortSignal,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: unknown) => {
      if (answer instanceof Uint8Array) resolve(owned(answer))
      else reject(failed())
    })
    child.once('error', (error) => {
      reject(failed(error))
    })
    child.once('exit', () => {
      reject(expiry.aborted ? tooLate() : failed())
    })
    child.send(order)
  })
}

function owned(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  bytes.fill(0)
  return copy
}

/** The machine may refuse; then the keys are made all the same. */
function yieldTo(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  } catch {
    return
  }
}

function tooLate(): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The key could not be generated in time')
}
