import { KmipFault } from '../../fault/fault.ts'
import { segmentsIn } from './directory.ts'
import { verifyAudit, type AuditReport, type VerifyOptions } from './verify.ts'

/** A log to verify while it is written to. */
export interface Round extends Pick<VerifyOptions, 'directory' | 'key' | 'kept'> {
  /** Of the time of one processor, at most. */
  readonly percent: number
}

/**
 * Verifies all of a log beside its use, and sleeps in between: for a thread of its own. What is appended meanwhile is for
 * the next time; where something is wrong it begins anew if files at the beginning were moved away meanwhile.
 *
 * Throws `UNAVAILABLE` when a file cannot be read.
 *
 * @param pace - called after each entry
 */
export function verifyRound(
  { percent, ...log }: Round,
  pace: () => void = pacer(percent),
): AuditReport {
  const options = { ...log, pace }
  for (let attempt = 1; ; attempt += 1) {
    const first = firstIn(options)
    const report = attemptTo(options)
    const isFault = report instanceof KmipFault
    if (!isFault && report.finding === undefined) return report
    // It may be that files were moved away while they were read.
    if (firstIn(options) !== first && attempt < MOST_ATTEMPTS) continue
    if (isFault) throw report
    return report
  }
}

function firstIn({ directory }: VerifyOptions): number | undefined {
  return segmentsIn(directory)[0]?.first
}

function attemptTo(options: VerifyOptions): AuditReport | KmipFault {
  try {
    return verifyAudit(options)
  } catch (error) {
    if (error instanceof KmipFault) return error
    throw error
  }
}

/** Sleeps so long that no more than a share of the time is worked. */
function pacer(percent: number): () => void {
  const bed = new Int32Array(new SharedArrayBuffer(4))
  let count = 0
  let since = performance.now()
  return () => {
    count += 1
    if (count % ENTRIES_A_LOOK !== 0) return
    const worked = performance.now() - since
    if (worked < WORK_MS) return
    Atomics.wait(bed, 0, 0, Math.min(LONGEST_MS, (worked * (100 - percent)) / percent))
    since = performance.now()
  }
}

const MOST_ATTEMPTS = 3
const ENTRIES_A_LOOK = 64
const WORK_MS = 2
/** After a disk that was slow for once. */
const LONGEST_MS = 1_000
