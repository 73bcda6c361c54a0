/**
 * Makes one line for people of what `dump` draws: an attribute's own name stands beside it already, and wire types mean
 * nothing to them. `CryptographicLength Integer 256` becomes `256`, a structure the list of its fields with their names.
 */
export function phraseOf(drawing: string): string {
  const [first = '', ...fields] = drawing.split('\n')
  if (fields.length === 0) return withoutType(first).replace(/^\S+ /, '')
  return fields.map((line) => withoutType(line.trim())).join(', ')
}

/** The second word of a line is the type of its value; a structure inside has its name alone. */
function withoutType(line: string): string {
  return line.replace(/^(\S+) \S+ /, '$1 ')
}
