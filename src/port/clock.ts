import type { DateTime } from '../schema/primitive.ts'

export interface Clock {
  /** Seconds since 1970-01-01T00:00:00Z. */
  now(): DateTime
}
