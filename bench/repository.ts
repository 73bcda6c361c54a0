import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nodeRandom } from '../src/adapter/random-node.ts'
import { envelopeSealer } from '../src/adapter/sealer-envelope.ts'
import { openLevelStore } from '../src/adapter/store-level/index.ts'
import { unlockPlain } from '../test/adapter/fixtures/plain-unlock.ts'
import { attributeItem } from '../src/message/attribute-item.ts'
import type { AttributeEntry } from '../src/model/attribute-set.ts'
import type { ManagedObject } from '../src/model/managed-object.ts'
import { newObject } from '../src/model/new-object.ts'
import type { Log } from '../src/port/log.ts'
import type { Store } from '../src/port/store.ts'
import type { Sealer } from '../src/port/sealer.ts'
import type { ObjectQuery } from '../src/repository/locate.ts'
import { ObjectRepository } from '../src/repository/object-repository.ts'
import type { UnitOfWork } from '../src/repository/unit-of-work.ts'
import type { AttributeName, AttributeValue } from '../src/spec/attribute.ts'
import { CryptographicAlgorithm } from '../src/spec/enum/cryptographic-algorithm.ts'
import { HashingAlgorithm } from '../src/spec/enum/hashing-algorithm.ts'
import { KeyFormatType } from '../src/spec/enum/key-format-type.ts'
import { NameType } from '../src/spec/enum/name-type.ts'
import { ObjectType } from '../src/spec/enum/object-type.ts'
import { RNGAlgorithm } from '../src/spec/enum/rng-algorithm.ts'
import { State } from '../src/spec/enum/state.ts'

/** What one kind of work costs among so many objects. */
export interface RepositoryFigure {
  readonly stored: number
  readonly work: string
  /** Microseconds of processor time, of all threads, for each. */
  readonly cpu: number
  /** Microseconds that pass, one at a time, at the median. */
  readonly p50: number
}

/** Measures the repository over LevelDB among as many objects as each size says; ascending. */
export async function measureRepository(
  sizes: readonly number[] = [1_000, 10_000, 100_000],
  rounds = 1_000,
): Promise<RepositoryFigure[]> {
  const parent = await mkdtemp(join(tmpdir(), 'kmipd-bench-'))
  const store = await openLevelStore({
    directory: join(parent, 'store'),
    create: true,
    unlock: unlockPlain,
    log: SILENT,
  })
  const sealer = envelopeSealer({
    storeId: new Uint8Array(16),
    index: nodeRandom.bytes(32),
    epochs: new Map([[1, nodeRandom.bytes(32)]]),
  })
  try {
    const figures: RepositoryFigure[] = []
    const bench = new RepositoryBench(store, sealer, rounds)
    for (const stored of sizes) {
      await bench.fill(stored)
      for (const figure of await bench.measure()) figures.push({ stored, ...figure })
    }
    return figures
  } finally {
    await store.close()
    await rm(parent, { recursive: true })
  }
}

/** The figures as lines of a table: works down, sizes across, processor time and median each. */
export function repositoryTable(figures: readonly RepositoryFigure[]): string {
  const sizes = [...new Set(figures.map(({ stored }) => stored))]
  const works = [...new Set(figures.map(({ work }) => work))]
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const cell = (work: string, size: number): string => {
    const found = figures.find(({ work: each, stored }) => each === work && stored === size)
    return found === undefined ? '' : `${found.cpu.toFixed(0)} / ${found.p50.toFixed(0)}`
  }
  return [
    row(['µs of processor / median', ...sizes.map((size) => size.toLocaleString('en'))]),
    row(['---', ...sizes.map(() => '---')]),
    ...works.map((work) => row([work, ...sizes.map((size) => cell(work, size))])),
  ].join('\n')
}

class RepositoryBench {
  readonly #store: Store
  readonly #sealer: Sealer
  readonly #rounds: number
  #count = 0

  constructor(store: Store, sealer: Sealer, rounds: number) {
    this.#store = store
    this.#sealer = sealer
    this.#rounds = rounds
  }

  /** Stores objects until there are so many, a few commits at a time. */
  async fill(size: number): Promise<void> {
    const objects = await this.#open(0)
    while (this.#count < size) {
      const unit = objects.begin(SCOPE)
      const last = Math.min(this.#count + 100, size)
      while (this.#count < last) await unit.add(this.#next())
      await unit.commit()
    }
  }

  async measure(): Promise<Omit<RepositoryFigure, 'stored'>[]> {
    const cold = await this.#open(0)
    const warm = await this.#open(this.#rounds)
    const any = (): number => Math.floor(Math.random() * this.#count)
    const works: [string, (round: number) => Promise<unknown>][] = [
      ['load, not cached', async () => cold.begin(SCOPE).load(idOf(any()))],
      ['load, cached', async (round) => warm.begin(SCOPE).load(idOf(round % 500))],
      ['locate by name', async () => cold.begin(SCOPE).locate(NAMED(any()))],
      ['locate by state, 10 wanted', async () => cold.begin(SCOPE).locate(BY_STATE)],
      ['locate by group and usage, 10 wanted', async () => cold.begin(SCOPE).locate(BY_TWO)],
      ['insert', async () => this.#insert(warm)],
      ['save one attribute', async (round) => change(warm, idOf(round % 500))],
    ]
    const figures: Omit<RepositoryFigure, 'stored'>[] = []
    for (const [work, step] of works) {
      figures.push({ work, ...(await cost(step, this.#rounds)) })
    }
    return figures
  }

  async #open(cachedObjects: number): Promise<ObjectRepository> {
    return ObjectRepository.open(this.#store, this.#sealer, { cachedObjects })
  }

  async #insert(objects: ObjectRepository): Promise<void> {
    const unit = objects.begin(SCOPE)
    await unit.add(this.#next())
    await unit.commit()
  }

  #next(): ManagedObject {
    this.#count += 1
    return aesKey(this.#count - 1)
  }
}

async function cost(
  step: (round: number) => Promise<unknown>,
  rounds: number,
): Promise<{ readonly cpu: number; readonly p50: number }> {
  for (let round = 0; round < Math.min(rounds, 500); round += 1) await step(round)
  const taken: number[] = []
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    await step(round)
    taken.push(performance.now() - start)
  }
  const { user, system } = process.cpuUsage(before)
  taken.sort((left, right) => left - right)
  return { cpu: (user + system) / rounds, p50: (taken[rounds >> 1] ?? 0) * 1_000 }
}

async function change(objects: ObjectRepository, id: string): Promise<void> {
  const unit: UnitOfWork = objects.begin(SCOPE)
  const object = await unit.load(id)
  const lease = (object.attributes.get('LeaseTime') ?? 0) + 1
  await unit.save({ ...object, attributes: object.attributes.with('LeaseTime', lease) })
  await unit.commit()
}

/** A key as Create makes it, with a name, a group and a custom attribute. */
export function aesKey(number: number): ManagedObject {
  const uniqueIdentifier = idOf(number)
  const material = nodeRandom.bytes(32)
  const hash = (data: string | Uint8Array): Uint8Array =>
    Uint8Array.from(createHash('sha256').update(data).digest())
  return newObject({
    uniqueIdentifier,
    owner: SCOPE.owner,
    content: {
      objectType: ObjectType.SymmetricKey,
      keyBlock: {
        keyFormatType: KeyFormatType.Raw,
        keyValue: { form: 'bytes', material, attributes: [] },
        cryptographicAlgorithm: CryptographicAlgorithm.AES,
        cryptographicLength: 256,
      },
    },
    requested: [
      entry('CryptographicAlgorithm', CryptographicAlgorithm.AES),
      entry('CryptographicLength', 256),
      entry('CryptographicUsageMask', number % 100 === 0 ? 0b1111 : 0b1100),
      entry('Name', nameOf(number)),
      entry('ObjectGroup', `group ${number % 10}`),
    ],
    shortUniqueIdentifier: hash(uniqueIdentifier),
    digest: {
      hashingAlgorithm: HashingAlgorithm.SHA_256,
      digestValue: material.expose(hash),
      keyFormatType: KeyFormatType.Raw,
    },
    rules: { usageMask: 'free', conflictingUsage: 'allow' },
    leaseTime: 3_600,
    generator: { rngAlgorithm: RNGAlgorithm.DRBG },
    now: NOW + Math.floor(number / 10),
  })
}

const NOW = 1_767_225_600
/** Whose the keys are, and the time it is. */
export const SCOPE = {
  owner: '3f0e7a58-6c1b-4c3e-9d3c-0a8f4bd1c9aa',
  now: NOW + 1_000_000,
} as const

const idOf = (number: number): string =>
  `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`

const nameOf = (number: number): AttributeValue<'Name'> => ({
  nameValue: `key number ${number}`,
  nameType: NameType.UninterpretedTextString,
})

function entry<N extends AttributeName>(name: N, value: AttributeValue<N>): AttributeEntry {
  return { reference: { name }, value }
}

function query(...entries: readonly AttributeEntry[]): ObjectQuery {
  const criteria = entries.map((each) => ({
    reference: each.reference,
    items: [attributeItem(each)],
  }))
  return { criteria, statuses: ['online'], offset: 0, limit: 10, count: false }
}

const NAMED = (number: number): ObjectQuery => query(entry('Name', nameOf(number)))
const BY_STATE = query(entry('State', State.PreActive))
const BY_TWO = query(entry('ObjectGroup', 'group 0'), entry('CryptographicUsageMask', 0b0001))

const nothing = (): void => undefined
const SILENT: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => SILENT,
}
