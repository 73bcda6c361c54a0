/** Prints on standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** Says something on standard error that the caller should know although the command goes on. */
export function warn(text: string): void {
  process.stderr.write(`kmipd: warning: ${text}\n`)
}

/** Says on standard error what is wrong, where the command goes on to say what else is. */
export function complain(text: string): void {
  process.stderr.write(`kmipd: error: ${tame(text)}\n`)
}

/**
 * Prints rows under headings, each column as wide as its widest cell. What could move the cursor of a terminal is
 * printed as a question mark.
 */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const lines = [
    headings.map((heading) => heading.toUpperCase()),
    ...rows.map((row) => row.map(tame)),
  ]
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  for (const line of lines) {
    print(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  }
}

/** Prints names with their values, one to a line. */
export function printFields(fields: readonly (readonly [string, string])[]): void {
  const width = Math.max(...fields.map(([name]) => name.length))
  for (const [name, value] of fields) print(`${name.padEnd(width)}  ${tame(value)}`)
}

/** Prints lines that somebody else has written. */
export function printLines(lines: readonly string[]): void {
  for (const line of lines) print(tame(line))
}

/** A date as RFC 3339 in UTC. */
export function formatDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
}

/** A text without what could move the cursor of a terminal: question marks stand in its place. */
export function tame(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?')
}
