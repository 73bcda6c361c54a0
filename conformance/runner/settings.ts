import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { WAYS, type Way } from './way.ts'

const reason = z.string().min(10)

/** A case that fails today and may. A skipped case that passes is a failure too: the list must not outlive its reasons. */
const Skip = z.strictObject({
  case: z.string(),
  reason,
  issue: z.number().int().optional(),
  /** False for a case that this runner cannot play at all, so that its outcome would say nothing. */
  run: z.boolean().optional(),
})
export type Skip = z.infer<typeof Skip>

/** Files that are played in this order against one client, because the later ones use objects of the earlier. */
const Chain = z.strictObject({ cases: z.array(z.string()).min(2), reason })
export type Chain = z.infer<typeof Chain>

/** A value that a file has wrong; `step` counts questions from 0, `path` leads from the answer to the element. */
const Erratum = z.strictObject({
  case: z.string(),
  step: z.number().int().nonnegative(),
  path: z.string(),
  value: z.string(),
  reason,
})
export type Erratum = z.infer<typeof Erratum>

/**
 * Cases that want a server of another kind than the default one: set otherwise, or with objects that were made
 * beforehand. Cases that state different policies of a server are alternatives, and each passes under its own.
 */
const Alternative = z.strictObject({
  cases: z.array(z.string()).min(1),
  /** Keys of the configuration file that differ from the defaults. */
  config: z.record(z.string(), z.json()).optional(),
  /** A conversation that is played before, by the same client; a path from the folder of the lists. */
  before: z.string().optional(),
  reason,
})
export type Alternative = z.infer<typeof Alternative>

/** Cases that are about a way to speak to the server, and say nothing in another. */
const Wayward = z.strictObject({
  cases: z.array(z.string()).min(1),
  ways: z.array(z.enum(WAYS)),
  reason,
})
type Wayward = z.infer<typeof Wayward>

/** What is known of the cases beside their files. */
export interface Settings {
  readonly skips: readonly Skip[]
  readonly chains: readonly Chain[]
  readonly errata: readonly Erratum[]
  readonly alternatives: readonly Alternative[]
  readonly ways: readonly Wayward[]
}

/** The settings for a file that is as it should be, alone. */
export const NO_SETTINGS: Settings = {
  skips: [],
  chains: [],
  errata: [],
  alternatives: [],
  ways: [],
}

/** Reads `skips.json`, `chains.json`, `errata.json`, `alternatives.json` and `ways.json` of a folder. */
export function readSettings(folder: URL): Settings {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  return {
    skips: z.array(Skip).parse(read('skips.json')),
    chains: z.array(Chain).parse(read('chains.json')),
    errata: z.array(Erratum).parse(read('errata.json')),
    alternatives: z
      .array(Alternative)
      .parse(read('alternatives.json'))
      .map(({ before, ...rest }) => ({
        ...rest,
        ...(before === undefined ? {} : { before: fileURLToPath(new URL(before, folder)) }),
      })),
    ways: z.array(Wayward).parse(read('ways.json')),
  }
}

/** What a case wants of its server; undefined when that is nothing out of the ordinary. */
export function alternativeOf(id: string, settings: Settings): Alternative | undefined {
  return settings.alternatives.find(({ cases }) => cases.some((pattern) => matches(pattern, id)))
}

/** The only ways in which a case is played; undefined when it may be any. */
export function waysOf(id: string, { ways }: Settings): readonly Way[] | undefined {
  return ways.find(({ cases }) => cases.some((pattern) => matches(pattern, id)))?.ways
}

/**
 * Whether a case is meant by a pattern, in which `*` stands for anything but a slash and `{a,b}` for either. A pattern
 * without a slash looks at the file name alone.
 */
export function matches(pattern: string, id: string): boolean {
  const subject = pattern.includes('/') ? id : id.slice(id.lastIndexOf('/') + 1)
  const source = pattern
    .replace(/[.+^$()|[\]\\]/gu, '\\$&')
    .replace(/\*/gu, '[^/]*')
    .replace(
      /\{(?<choices>[^}]*)\}/gu,
      (_, choices: string) => `(?:${choices.replace(/,/gu, '|')})`,
    )
  return new RegExp(`^${source}$`, 'u').test(subject)
}
