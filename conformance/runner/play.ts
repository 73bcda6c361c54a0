import { itemFromXml } from '../../src/ttlv/xml.ts'
import { vocabulary } from '../../src/spec/vocabulary.ts'
import { compareAnswer, rememberDates } from './answer.ts'
import type { Bindings } from './bindings.ts'
import type { Case, Step } from './case.ts'
import type { Verdict } from './compare.ts'
import type { Difference } from './difference.ts'
import type { Channel } from './connection.ts'
import { fillIn, fillInText } from './placeholder.ts'
import { nodeOfItem, nodeOfXml, type Node } from './template.ts'

/** How a conversation went; it ends at the first step that is not as the file shows. */
export interface Played {
  readonly failure:
    | { readonly step: number; readonly verdict: Verdict; readonly answer: Node | undefined }
    | undefined
  /** Permitted variations of all its steps. */
  readonly variations: readonly string[]
}

/** What an answer must be whatever the file shows. */
export type Rules = (request: Node, response: Node) => readonly Difference[]

/** Plays the file's questions one after the other and compares each answer. */
export async function play(
  conversation: Case,
  channel: Channel,
  bindings: Bindings,
  rules: Rules,
): Promise<Played> {
  const variations = new Set<string>()
  for (const step of conversation.steps) {
    const { verdict, answer } = await playStep(step, channel, bindings, rules)
    for (const rule of verdict.variations) variations.add(rule)
    if (verdict.differences.length > 0) {
      return { failure: { step: step.index, verdict, answer }, variations: [...variations] }
    }
  }
  return { failure: undefined, variations: [...variations] }
}

interface StepResult {
  readonly verdict: Verdict
  readonly answer: Node | undefined
}

async function playStep(
  step: Step,
  channel: Channel,
  bindings: Bindings,
  rules: Rules,
): Promise<StepResult> {
  let answer: Node | undefined
  try {
    const element = fillIn(step.request, bindings)
    const sent = itemFromXml(element, vocabulary)
    const request = nodeOfItem(sent)
    rememberDates(nodeOfXml(step.request), request, bindings)
    const { encoding } = channel
    const text = fillInText(step.text, bindings)
    const question = encoding.write({ text, element, item: sent })
    answer = nodeOfItem(encoding.read(await channel.exchange(question)))
    const verdict = compareAnswer(
      { request, expected: nodeOfXml(step.response), actual: answer },
      bindings,
    )
    const broken = rules(request, answer)
    return { verdict: { ...verdict, differences: [...verdict.differences, ...broken] }, answer }
  } catch (error) {
    return { verdict: brokenOff(error), answer }
  }
}

/** A question that cannot be sent, or an answer that does not come or cannot be read. */
function brokenOff(error: unknown): Verdict {
  const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const difference = { kind: 'rule', path: 'ResponseMessage', expected: 'an answer', got } as const
  return { differences: [difference], variations: [] }
}
