import { decode } from '../src/ttlv/decode.ts'
import { encode } from '../src/ttlv/encode.ts'
import { ItemType, type Item } from '../src/ttlv/item.ts'

/** How fast one message is read and written, on one core. */
export interface CodecFigures {
  readonly message: string
  readonly bytes: number
  readonly items: number
  readonly decodesPerSecond: number
  readonly encodesPerSecond: number
}

/**
 * Measures the binary codec on a Create request, a Get response and a batch of 100 Get requests.
 *
 * @param seconds - how long each of the six figures is measured; the median of five equal parts counts.
 */
export function measureCodec(seconds = 1): CodecFigures[] {
  return Object.entries({
    'Create request': createRequest(),
    'Get response': getResponse(),
    'batch of 100': batchRequest(),
  }).map(([message, item]) => {
    const bytes = encode(item)
    return {
      message,
      bytes: bytes.length,
      items: countOf(item),
      decodesPerSecond: rateOf(() => decode(bytes), seconds),
      encodesPerSecond: rateOf(() => encode(item), seconds),
    }
  })
}

/** The figures as a table in Markdown, with megabytes of 10^6 bytes. */
export function tableOfCodec(figures: readonly CodecFigures[]): string {
  const speed = (rate: number, bytes: number): string =>
    `${Math.round(rate).toLocaleString('en')}/s, ${((rate * bytes) / 1e6).toFixed(0)} MB/s, ${(1e6 / rate).toFixed(2)} µs`
  const rows = figures.map(({ message, bytes, items, decodesPerSecond, encodesPerSecond }) =>
    [message, bytes, items, speed(decodesPerSecond, bytes), speed(encodesPerSecond, bytes)].join(
      ' | ',
    ),
  )
  return ['message | bytes | items | decode | encode', '--- | ---: | ---: | ---: | ---:', ...rows]
    .map((row) => `| ${row} |`)
    .join('\n')
}

/** Runs of `act` in a second: the median of five parts, after a warm-up of half a part. */
function rateOf(act: () => unknown, seconds: number): number {
  const part = seconds / 5
  rateOfPart(act, part / 2)
  const rates = Array.from({ length: 5 }, () => rateOfPart(act, part))
  return rates.sort((a, b) => a - b)[2] ?? 0
}

function rateOfPart(act: () => unknown, seconds: number): number {
  const start = performance.now()
  let runs = 0
  let elapsed = 0
  while (elapsed < seconds * 1000) {
    for (let run = 0; run < 100; run += 1) act()
    runs += 100
    elapsed = performance.now() - start
  }
  return (runs * 1000) / elapsed
}

const utf8 = new TextEncoder()
const structure = (tag: number, ...value: Item[]): Item => ({
  tag,
  type: ItemType.Structure,
  value,
})
const integer = (tag: number, value: number): Item => ({ tag, type: ItemType.Integer, value })
const enumeration = (tag: number, value: number): Item => ({
  tag,
  type: ItemType.Enumeration,
  value,
})
const text = (tag: number, value: string): Item => ({
  tag,
  type: ItemType.TextString,
  value: utf8.encode(value),
})

const IDENTIFIER = 'c2b1f7e0-3a0f-4a53-9d52-5a4f2a0f3b77'
const version = structure(0x420069, integer(0x42006a, 1), integer(0x42006b, 4))

/** A Create of an AES key in KMIP 1.4, with a name. */
function createRequest(): Item {
  const attribute = (name: string, value: Item): Item =>
    structure(0x420008, text(0x42000a, name), value)
  const attributes = structure(
    0x420091,
    attribute('Cryptographic Algorithm', enumeration(0x42000b, 3)),
    attribute('Cryptographic Length', integer(0x42000b, 256)),
    attribute('Cryptographic Usage Mask', integer(0x42000b, 12)),
    attribute(
      'Name',
      structure(0x42000b, text(0x420055, 'a key of the benchmark'), enumeration(0x420054, 1)),
    ),
  )
  const payload = structure(0x420079, enumeration(0x420057, 2), attributes)
  return request(structure(0x42000f, enumeration(0x42005c, 1), payload))
}

/** The answer to a Get of an AES-256 key in KMIP 1.4. */
function getResponse(): Item {
  const time: Item = { tag: 0x420092, type: ItemType.DateTime, value: 1_709_164_800n }
  const material: Item = {
    tag: 0x420043,
    type: ItemType.ByteString,
    value: new Uint8Array(32).fill(7),
  }
  const block = structure(
    0x420040,
    enumeration(0x420042, 1),
    structure(0x420045, material),
    enumeration(0x420028, 3),
    integer(0x42002a, 256),
  )
  const payload = structure(
    0x42007c,
    enumeration(0x420057, 2),
    text(0x420094, IDENTIFIER),
    structure(0x42008f, block),
  )
  return structure(
    0x42007b,
    structure(0x42007a, version, time, integer(0x42000d, 1)),
    structure(0x42000f, enumeration(0x42005c, 10), enumeration(0x42007f, 0), payload),
  )
}

/** A hundred Gets in one message, as a client that loads its keys sends them. */
function batchRequest(): Item {
  const item = (id: number): Item => {
    const batchId: Item = { tag: 0x420093, type: ItemType.ByteString, value: Uint8Array.of(id) }
    return structure(
      0x42000f,
      enumeration(0x42005c, 10),
      batchId,
      structure(0x420079, text(0x420094, IDENTIFIER)),
    )
  }
  return request(...Array.from({ length: 100 }, (_, id) => item(id)))
}

function request(...items: Item[]): Item {
  return structure(
    0x420078,
    structure(0x420077, version, integer(0x42000d, items.length)),
    ...items,
  )
}

function countOf(item: Item): number {
  return item.type === ItemType.Structure
    ? item.value.reduce((sum, child) => sum + countOf(child), 1)
    : 1
}
