/** What may be logged of an error that nobody expected. */
export interface BugReport {
  readonly name: string
  /** Where it came from, innermost first. */
  readonly frames: readonly string[]
}

/** Name and place of an error, never its message: that may quote what was in memory. */
export function describeBug(error: unknown): BugReport {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] }
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim())
  return { name: error.name, frames: lines.filter((line) => line.startsWith('at ')).slice(0, 8) }
}
