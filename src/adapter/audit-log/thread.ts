import { Worker } from 'node:worker_threads'
import { Frontier } from './frontier.ts'
import { sha256By } from './hashing.ts'
import { HashingThread } from './hashing-thread.ts'
import type { ThreadOrder, ThreadReport, ThreadStart } from './thread-message.ts'

/** What brings a log to stable storage and hashes it. */
export interface Hasher {
  post(order: ThreadOrder): void
  /** Ends it at once, whatever it does. */
  stop(): void
}

/** Starts one; `lost` is called when it ends by itself, without having told so. */
export type StartHasher = (
  start: ThreadStart,
  told: (report: ThreadReport) => void,
  lost: () => void,
) => Hasher

/** Its own text, so that it runs alike from source and from the built package. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const files = require('node:fs')
const { hash } = require('node:crypto')
const Frontier = ${String(Frontier)}
const HashingThread = ${String(HashingThread)}
const sha256 = (${String(sha256By)})(hash)
const tree = new Frontier(sha256, workerData)
const report = (told) => {
  parentPort.postMessage(told)
  if (told.kind === 'ended') parentPort.close()
}
const thread = new HashingThread({ start: workerData, files, sha256, tree, report })
parentPort.on('message', (order) => thread.take(order))
`

/** Starts a thread of its own. It keeps the process alive only while it owes an answer. */
export const startThread: StartHasher = (start, told, lost) => {
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: start,
    env: {},
    execArgv: [],
    // The files are opened by one thread and closed by another.
    trackUnmanagedFds: false,
  })
  /** Answers that it owes; its end is the last. */
  let owed = 0
  let isEnding = false
  worker.unref()
  worker.on('message', (report: ThreadReport) => {
    if (report.kind === 'synced' && --owed === 0) worker.unref()
    isEnding ||= report.kind === 'ended'
    told(report)
  })
  worker.on('error', () => undefined)
  worker.on('exit', () => {
    if (!isEnding) lost()
  })
  return {
    post(order) {
      if (order.kind === 'advance' || order.kind === 'end') {
        owed += 1
        worker.ref()
      }
      worker.postMessage(order)
    },
    stop() {
      isEnding = true
      void worker.terminate()
    },
  }
}
