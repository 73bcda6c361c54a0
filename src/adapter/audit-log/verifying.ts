import { Worker } from 'node:worker_threads'
import { KmipFault } from '../../fault/fault.ts'
import type { AuditReport } from './verify.ts'
import type { Round } from './verifying-round.ts'

/** What the thread tells. */
type Told = { readonly report: AuditReport } | { readonly failed: string | undefined }

/** Loads what it runs by its place: the thread that hashes is a text of its own for want of one in the sources. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
import(workerData.module).then(
  ({ verifyRound }) => {
    parentPort.postMessage({ report: verifyRound(workerData.round) })
  },
).catch((error) => {
  parentPort.postMessage({ failed: error?.code === 'UNAVAILABLE' ? error.message : undefined })
})
`

/**
 * Verifies a log beside its use in a thread of its own, which keeps no process alive: reading it waits for a disk, and
 * nobody waits for that.
 *
 * Throws `UNAVAILABLE` when a file cannot be read, and when it is aborted, at once then.
 */
export async function verifyInThread(round: Round, signal: AbortSignal): Promise<AuditReport> {
  const module = new URL('./verifying-round.js', import.meta.url).href
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { module, round },
    env: {},
    execArgv: [],
  })
  try {
    const told = await answerOf(worker, signal)
    if ('report' in told) return told.report
    throw unread(told.failed ?? 'it could not be read through')
  } finally {
    void worker.terminate()
  }
}

async function answerOf(worker: Worker, signal: AbortSignal): Promise<Told> {
  return new Promise<Told>((resolve, reject) => {
    const ended = (): void => {
      signal.removeEventListener('abort', ended)
      reject(unread('the thread that reads it has ended'))
    }
    signal.addEventListener('abort', ended, { once: true })
    worker.once('error', ended)
    worker.once('exit', ended)
    worker.once('message', (told: Told) => {
      signal.removeEventListener('abort', ended)
      resolve(told)
    })
    // Whoever listens for messages keeps it alive.
    worker.unref()
    if (signal.aborted) ended()
  })
}

function unread(why: string): KmipFault {
  return new KmipFault('UNAVAILABLE', 'The audit log was not verified', { detail: why })
}
