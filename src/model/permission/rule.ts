import type { Statement, Statements } from './policy.ts'
import type { ObjectSelector } from './selector.ts'

/**
 * What comes of a question. What is `hidden` is to be answered as an object that is not there; without an object
 * nothing is.
 */
export type Verdict = 'allowed' | 'refused' | 'hidden'

/** What was decided, and by which rule. */
export interface Decision {
  readonly verdict: Verdict
  /** For people, as in `role user` or `namespace payments allow #2`. */
  readonly rule: string
}

/** The decisions that a rule can lead to, made once: deciding takes no memory. */
export interface Decisions {
  readonly allowed: Decision
  readonly refused: Decision
  readonly hidden: Decision
}

/** A statement with what follows from it. */
export interface Rule extends Decisions {
  readonly statement: Statement
  readonly objects: ObjectSelector
}

/** Rules of one source, in their order. */
export interface Rules {
  readonly deny: readonly Rule[]
  readonly allow: readonly Rule[]
}

export const NO_RULES: Rules = { deny: [], allow: [] }

/** How the rules of a source are understood. */
export interface RuleSource {
  /** For people, as in `namespace payments`. */
  readonly name: string
  /** Whose objects are meant where a statement does not say. */
  readonly owner: 'own' | 'any'
  /** Whether the statements have no numbers that anybody could look up. */
  readonly isBuiltIn: boolean
}

export function rulesOf({ allow, deny }: Statements, source: RuleSource): Rules {
  const named = (effect: string) => (statement: Statement, index: number) => {
    const name = source.isBuiltIn ? source.name : `${source.name} ${effect} #${index + 1}`
    return ruleOf(statement, name, source.owner)
  }
  return { deny: deny.map(named('deny')), allow: allow.map(named('allow')) }
}

function ruleOf(statement: Statement, name: string, owner: 'own' | 'any'): Rule {
  const { objects } = statement
  return {
    statement,
    objects: { ...objects, owner: objects?.owner ?? owner },
    ...decisionsBy(name),
  }
}

/** The decisions of something that is called `rule`. */
export function decisionsBy(rule: string): Decisions {
  return {
    allowed: { verdict: 'allowed', rule },
    refused: { verdict: 'refused', rule },
    hidden: { verdict: 'hidden', rule },
  }
}
