import { ItemType } from '../../src/ttlv/item.ts'
import { arrange, takeMatch, takePartner } from './align.ts'
import { beginsStream } from './chance.ts'
import type { Difference } from './difference.ts'
import { checkMaterial } from './material.ts'
import { subjectOf, type Facts, type Place } from './place.ts'
import { isoOf, timeOf } from './placeholder.ts'
import { describe, valueOf, type Node } from './template.ts'
import { variationFor, type VariationKind } from './variation.ts'

/** What a comparison found. */
export interface Verdict {
  readonly differences: readonly Difference[]
  /** Numbers of the permitted variations that the answer made use of. */
  readonly variations: readonly string[]
}

/**
 * Compares a part of an answer with what the file shows for it. Fields must come in the file's order, with its types
 * and values; attributes and other sets may come in any order. Names are bound on the way.
 *
 * @param path - what the differences call the part
 */
export function compareNodes(expected: Node, actual: Node, facts: Facts, path: string): Verdict {
  const comparison = new Comparison(facts)
  comparison.compare({ facts, within: ['ResponseMessage'], expected, actual }, path)
  return { differences: comparison.differences, variations: [...comparison.variations] }
}

/** One walk along both trees at once. */
class Comparison {
  readonly differences: Difference[] = []
  readonly variations = new Set<string>()
  readonly #facts: Facts

  constructor(facts: Facts) {
    this.#facts = facts
  }

  compare(place: Place, path: string): void {
    const { expected, actual } = place
    if (expected === undefined || actual === undefined) return
    if (expected.item.type !== actual.item.type) {
      this.#report('type', place, path)
    } else if (expected.item.type === ItemType.Structure) {
      this.#compareChildren(place, expected, actual, path)
    } else {
      this.#compareValue(place, expected, actual, path)
    }
  }

  #compareChildren(outer: Place, expected: Node, actual: Node, path: string): void {
    const { operation } = this.#facts
    const agrees = (one: Node, other: Node): boolean => this.#agrees(outer, one, other, path)
    const { nodes: remaining, partners } = arrange(expected, actual, operation, agrees)
    const passed: Node[] = []
    expected.children.forEach((child, index) => {
      const place = inside(outer, expected, child, undefined)
      const here = `${path}/${labelOf(expected, child)}`
      const partner = partners.get(child)
      const match = partners.has(child)
        ? partner && takePartner(partner, remaining)
        : takeMatch(child, expected.children.slice(index + 1), remaining, agrees)
      if (match !== undefined) {
        passed.push(...match.skipped)
        this.compare({ ...place, actual: match.node }, here)
        return
      }
      const early = passed.findIndex(
        (node) => node === partner || isNamesake(node, child, partners),
      )
      const [node] = early < 0 ? [] : passed.splice(early, 1)
      if (node === undefined) {
        this.#differ('missing', place, here)
        return
      }
      this.#report('order', { ...place, actual: node }, here)
      this.compare({ ...place, actual: node }, here)
    })
    for (const node of [...passed, ...remaining]) {
      const place = inside(outer, expected, undefined, node)
      this.#differ('extra', place, `${path}/${labelOf(actual, node)}`)
    }
  }

  #compareValue(place: Place, expected: Node, actual: Node, path: string): void {
    if (expected.placeholder !== undefined && timeOf(expected.placeholder, 0) === undefined) {
      this.#compareName(place, expected.placeholder, path)
      return
    }
    const wanted = wantedValue(place, expected)
    if (valueOf(actual) !== wanted) this.#differ('value', place, path)
    const complaint = checkMaterial(place)
    if (complaint !== undefined) this.#complain(path, complaint.expected, complaint.got)
  }

  /** The first value of a name is what it stands for; no two names of a family stand for the same. */
  #compareName(place: Place, name: string, path: string): void {
    const { actual, facts } = place
    if (actual === undefined) return
    const value = valueOf(actual)
    const { bindings } = facts
    const before = bindings.valueOf(name)
    const isNew = beginsStream(place)
    if (isNew && before === value) this.#complain(path, 'another stream', 'the one before')
    const bound = isNew ? undefined : before
    if (bound === undefined) {
      const owner = bindings.ownerOf(name, value)
      if (value === '') this.#complain(path, `some value for ${name}`, 'nothing')
      if (owner !== undefined) this.#complain(path, `a value of ${name}'s own`, `${owner}'s`)
      bindings.bind(name, value)
    } else if (bound !== value) {
      this.#complain(path, `${name}, which is ${bound}`, value, 'value')
    }
  }

  /** Whether two nodes have no difference, tried on copies of the bindings. */
  #agrees(outer: Place, expected: Node, actual: Node, path: string): boolean {
    const facts = { ...this.#facts, bindings: this.#facts.bindings.copy() }
    const trial = new Comparison(facts)
    const around = outer.expected ?? outer.actual
    if (around === undefined) return false
    trial.compare(inside({ ...outer, facts }, around, expected, actual), path)
    return trial.differences.length === 0
  }

  #differ(kind: VariationKind, place: Place, path: string): void {
    const variation = variationFor(kind, place)
    if (variation === undefined) this.#report(kind, place, path)
    else this.variations.add(variation.rule)
  }

  #report(kind: Difference['kind'], { expected, actual }: Place, path: string): void {
    this.differences.push({
      kind,
      path,
      expected: expected === undefined ? 'nothing' : describe(expected),
      got: actual === undefined ? 'nothing' : describe(actual),
    })
  }

  #complain(path: string, expected: string, got: string, kind: Difference['kind'] = 'rule'): void {
    this.differences.push({ kind, path, expected, got })
  }
}

/** What the file's value means here: its times are those that the questions sent. */
function wantedValue(place: Place, expected: Node): string {
  const { bindings } = place.facts
  if (expected.placeholder === undefined) return valueOf(expected)
  const sent = bindings.sentDate(subjectOf(place), expected.placeholder)
  return sent ?? String(timeOf(expected.placeholder, bindings.now) ?? isoOf(bindings.now))
}

function inside(
  around: Place,
  structure: Node,
  expected: Node | undefined,
  actual: Node | undefined,
): Place {
  const { name, attribute } = structure
  const within = [...around.within, name === 'AttributeValue' ? (attribute ?? name) : name]
  return { facts: around.facts, within, expected, actual, around }
}

/** Whether a node that came too early is the one that the file shows here. */
function isNamesake(node: Node, child: Node, partners: ReadonlyMap<Node, unknown>): boolean {
  return !partners.has(child) && node.name === child.name
}

/** A child's name, with its number among those of the same name when there are several. */
function labelOf(parent: Node, child: Node): string {
  const alike = parent.children.filter(({ name }) => name === child.name)
  const position = alike.length > 1 ? `[${alike.indexOf(child)}]` : ''
  return `${child.name}${position}`
}
