import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { YamlSource, type WrongYaml } from './yaml-source.ts'
import type { Whereabouts } from './yaml.ts'

/** Characters from which on a file is read in a thread: about what is read within 50 ms. */
export const LONG = 16_384

/** A text in YAML that a thread has read; whoever has it ends it. */
export interface ThreadedSource {
  readonly wrong: WrongYaml | undefined
  readonly value: unknown
  find(path: readonly PropertyKey[]): Promise<Whereabouts>
  end(): Promise<void>
}

/** Its own text, so that it runs alike from source and from the built package. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads')
const yaml = require(workerData.library)
const YamlSource = ${String(YamlSource)}
const source = new YamlSource(yaml, workerData.text)
parentPort.on('message', (path) => {
  parentPort.postMessage({ line: source.lineOf(path), has: source.has(path) })
})
parentPort.postMessage({ wrong: source.wrong, value: source.value })
`

/** Reads a text in a thread of its own: for those that take seconds. */
export async function readInThread(text: string): Promise<ThreadedSource> {
  const library = createRequire(import.meta.url).resolve('yaml')
  const worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { text, library },
    env: {},
    execArgv: [],
  })
  try {
    const { wrong, value } = await answerOf<Pick<ThreadedSource, 'wrong' | 'value'>>(worker)
    return {
      wrong,
      value,
      async find(path) {
        const answer = answerOf<Whereabouts>(worker)
        worker.postMessage(path.map((key) => (typeof key === 'number' ? key : String(key))))
        return answer
      },
      async end() {
        await worker.terminate()
      },
    }
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

/** The next thing that a thread says. Throws what it ended with. */
async function answerOf<T>(worker: Worker): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const ended = (): void => {
      reject(new Error('The thread that reads a file has ended'))
    }
    worker.once('error', reject)
    worker.once('exit', ended)
    worker.once('message', (answer: T) => {
      worker.off('error', reject)
      worker.off('exit', ended)
      resolve(answer)
    })
  })
}
