/** Where something that was planted was found. */
export interface Finding {
  /** Index of the plant. */
  readonly plant: number
  /** How it stood there, as in `hex`. */
  readonly form: string
  /** Where it begins, in bytes. */
  readonly at: number
}

/** How many bytes of the beginning and of the end of a plant are looked for: what is cut in halves is found, too. */
const PIECE = 12
/** Every pattern begins with as many bytes of its own. */
const HEAD = 4

interface Pattern {
  readonly plant: number
  readonly form: string
  readonly bytes: Buffer
}

/** Every form in which bytes get somewhere: as they are, and in the ways in which programs write them down. */
function formsOf(piece: Buffer): readonly (readonly [form: string, bytes: Buffer])[] {
  const hex = piece.toString('hex')
  const list = [...piece]
  const texts: readonly (readonly [string, string])[] = [
    ['hex', hex],
    ['HEX', hex.toUpperCase()],
    // The first characters of base64 depend on what stands before, the last on what follows.
    ...[0, 1, 2].map((skipped): [string, string] => {
      const part = piece.subarray(skipped, skipped + 9)
      return [`base64 at ${skipped}`, part.toString('base64')]
    }),
    ...[0, 1, 2].map((skipped): [string, string] => {
      const part = piece.subarray(skipped, skipped + 9)
      return [`base64url at ${skipped}`, part.toString('base64url')]
    }),
    ['numbers', list.join(',')],
    ['numbers with blanks', list.join(', ')],
    ['members', list.map((byte, index) => `"${index}":${byte}`).join(',')],
  ]
  const wide = Buffer.from(hex, 'utf16le')
  return [
    ['raw', piece],
    ['reversed', Buffer.from(piece).reverse()],
    ['wide hex', wide],
    ...texts.map(([form, text]): [string, Buffer] => [form, Buffer.from(text, 'latin1')]),
  ]
}

/**
 * Looks for many plants in many forms at once, in one pass: the first bytes of a pattern are a row of a table of bits, so
 * that almost every position is done with after one look.
 */
export class Search {
  readonly #heads = new Uint8Array(2 ** 21)
  readonly #patterns = new Map<number, Pattern[]>()

  constructor(plants: readonly Buffer[]) {
    plants.forEach((plant, index) => {
      const ends = [plant.subarray(0, PIECE), plant.subarray(-PIECE)]
      for (const piece of ends) {
        for (const [form, bytes] of formsOf(piece)) this.#add({ plant: index, form, bytes })
      }
    })
  }

  /** Every occurrence, or the first `most` of them. */
  find(content: Buffer, most = 1_000): readonly Finding[] {
    const found: Finding[] = []
    const heads = this.#heads
    let head = 0
    for (let end = 0; end < content.length && found.length < most; end += 1) {
      head = ((head << 8) | (content[end] ?? 0)) >>> 0
      const row = slotOf(head)
      if (((heads[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0) {
        const at = end + 1 - HEAD
        for (const { plant, form } of this.#at(content, at, head)) found.push({ plant, form, at })
      }
    }
    return found
  }

  #at(content: Buffer, at: number, head: number): readonly Pattern[] {
    const candidates = this.#patterns.get(head) ?? []
    if (at < 0 || candidates.length === 0) return []
    return candidates.filter(({ bytes }) => content.subarray(at, at + bytes.length).equals(bytes))
  }

  #add(pattern: Pattern): void {
    const head = pattern.bytes.readUInt32BE(0)
    const row = slotOf(head)
    this.#heads[row >>> 3] = (this.#heads[row >>> 3] ?? 0) | (1 << (row & 7))
    const list = this.#patterns.get(head)
    if (list === undefined) this.#patterns.set(head, [pattern])
    else list.push(pattern)
  }
}

/** One of 2^24 slots. */
function slotOf(head: number): number {
  return Math.imul(head, 0x9e37_79b1) >>> 8
}
