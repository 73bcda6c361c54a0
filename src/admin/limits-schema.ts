import { z } from 'zod'

const most = (least: number) => z.int().min(least).max(999_999_999_999_999).optional()

/** What a namespace, or a client, may have and ask for; what is not said is as the server has it for all. */
export const LIMITS = {
  /** Objects that are not destroyed, and bytes of their records. */
  objects: most(0),
  bytes: most(0),
  /** Batch items a second, without limit with 0, and how many may come at once. */
  rate: most(0),
  burst: most(1),
  /** Messages that are carried out at once. */
  inFlight: most(1),
} as const
