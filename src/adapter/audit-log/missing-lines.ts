import { join } from 'node:path'
import { segmentsIn, withFile } from './directory.ts'
import { LineSource } from './line-source.ts'

/**
 * Those of some lines that are not among the entries of a log from an index on.
 *
 * Throws `UNAVAILABLE` when it cannot be read.
 */
export function linesMissing(
  directory: string,
  lines: readonly Uint8Array[],
  from: number,
): readonly Uint8Array[] {
  const wanted = new Map(lines.map((line) => [Buffer.from(line).toString('latin1'), line]))
  const lengths = new Set(lines.map(({ length }) => length))
  const segments = segmentsIn(directory)
  for (const [place, { name }] of segments.entries()) {
    if (wanted.size === 0) break
    // The segment before is looked at, too: what takes long may have been told of there.
    if ((segments[place + 2]?.first ?? Infinity) <= from) continue
    withFile(join(directory, name), (fd) => {
      const source = new LineSource(fd)
      while (wanted.size > 0 && source.next()) {
        const { memory, start, end } = source
        if (lengths.has(end - start)) wanted.delete(memory.toString('latin1', start, end))
      }
    })
  }
  return [...wanted.values()]
}
