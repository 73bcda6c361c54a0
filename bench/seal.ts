import { nodeRandom } from '../src/adapter/random-node.ts'
import { envelopeSealer } from '../src/adapter/sealer-envelope.ts'
import type { RecordLabel } from '../src/port/sealer.ts'

/** Microseconds of processor time that one call takes. */
export interface SealFigure {
  readonly work: string
  readonly microseconds: number
}

/** Measures sealing and opening by size, and blinding of values that are known and that are not. */
export function measureSealer(rounds = 20_000): SealFigure[] {
  const epochs = new Map([[1, nodeRandom.bytes(32)]])
  const storeId = new Uint8Array(16)
  const sealer = envelopeSealer({ storeId, index: nodeRandom.bytes(32), epochs })
  const label: RecordLabel = { keyspace: 'object', id: new Uint8Array(16), version: 1, type: 2 }
  const figures: SealFigure[] = []
  for (const bytes of [32, 1024, 65_536]) {
    const plaintext = new Uint8Array(bytes)
    const sealed = sealer.seal(label, plaintext)
    const measure = (work: string, step: () => unknown): void => {
      figures.push(cost(`${work} ${bytes} bytes`, bytes > 10_000 ? rounds / 10 : rounds, step))
    }
    measure('seal', () => sealer.seal(label, plaintext))
    measure('open', () => {
      sealer.open(label, sealed).destroy()
    })
  }
  const input = (number: number): Uint8Array => {
    const bytes = new Uint8Array(24)
    new DataView(bytes.buffer).setUint32(0, number)
    return bytes
  }
  const known = Array.from({ length: 30 }, (_, index) => input(index))
  figures.push(cost('blind, known', rounds, (round) => sealer.blind('name', pick(known, round))))
  figures.push(cost('blind, new', rounds, (round) => sealer.blind('name', input(1000 + round))))
  return figures
}

function cost(work: string, rounds: number, step: (round: number) => unknown): SealFigure {
  for (let round = 0; round < rounds / 4; round += 1) step(-1 - round)
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) step(round)
  const { user, system } = process.cpuUsage(before)
  return { work, microseconds: Number(((user + system) / rounds).toFixed(2)) }
}

function pick(values: readonly Uint8Array[], round: number): Uint8Array {
  return values[Math.abs(round) % values.length] ?? new Uint8Array(0)
}
