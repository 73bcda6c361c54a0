import { KmipFault } from '../../fault/fault.ts'

/** Runs pieces of heavy work one after the other. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/** @param waiting - how many may wait beside the one that runs; more are refused with `SERVER_LIMIT` */
export function createTurns(waiting: number): Turns {
  let pending = 0
  let last: Promise<unknown> = Promise.resolve()
  return async (work) => {
    if (pending > waiting) {
      throw new KmipFault('SERVER_LIMIT', 'Too many keys are being made')
    }
    pending += 1
    const turn = last.then(work)
    last = turn.catch(() => undefined)
    return turn.finally(() => {
      pending -= 1
    })
  }
}
