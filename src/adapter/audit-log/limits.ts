/** How long a segment may grow and be written to. */
export interface SegmentLimits {
  readonly segmentBytes: number
  readonly segmentSeconds: number
}

/** How a log is kept. */
export interface AuditLimits extends SegmentLimits {
  /** Milliseconds within which an entry is on stable storage; 0 when nothing is answered before. */
  readonly syncMs: number
}

/** A segment of 256 MiB or a day, and the disk within 200 ms. */
export const DEFAULT_AUDIT_LIMITS: AuditLimits = {
  segmentBytes: 268_435_456,
  segmentSeconds: 86_400,
  syncMs: 200,
}
