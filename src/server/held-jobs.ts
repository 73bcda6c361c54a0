import type { Job } from './job.ts'

/** What jobs take up. */
export interface Held {
  readonly jobs: number
  readonly bytes: number
}

/** What some jobs take up together. */
export function heldBy(jobs: Iterable<Job>): Held {
  let count = 0
  let bytes = 0
  for (const job of jobs) {
    count += 1
    bytes += job.bytes
  }
  return { jobs: count, bytes }
}
