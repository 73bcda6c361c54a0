import type { MessageHandler } from '../../src/server/handler.ts'

type Failure = () => ReturnType<MessageHandler['handle']>

const TEXT = 'the text of which may hold a secret'

/** The ways in which a handler can fail, each with its verb. */
export const FAILURES: readonly (readonly [verb: string, fail: Failure])[] = [
  ['rejects', async () => Promise.reject(new TypeError(TEXT))],
  [
    'throws',
    () => {
      throw new TypeError(TEXT)
    },
  ],
]

/** Answers each request with itself, but fails where there is a 1 at this place of it. */
export function failingAt(index: number, fail: Failure): MessageHandler {
  return {
    // eslint-disable-next-line @typescript-eslint/promise-function-async -- one that throws is the point
    handle: (request) =>
      request[index] === 1
        ? fail()
        : Promise.resolve({ bytes: Uint8Array.from(request), close: false }),
  }
}
