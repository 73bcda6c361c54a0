import type { Decision } from '../model/permission/rule.ts'
import type { ItemRun } from '../operation/item-run.ts'

/** What a batch item wants to be told about its own end. */
export class BatchItemRun implements ItemRun {
  readonly canBeUndone: boolean
  readonly #callbacks: ((isDone: boolean) => void)[] = []
  readonly #dropped: (() => void)[] = []
  #decision: Decision | undefined

  constructor(canBeUndone: boolean) {
    this.canBeUndone = canBeUndone
  }

  /** What was decided last about the item or one of its objects; undefined before anything was. */
  get decision(): Decision | undefined {
    return this.#decision
  }

  readonly decided = (decision: Decision): void => {
    this.#decision = decision
  }

  whenSettled(callback: (isDone: boolean) => void): void {
    this.#callbacks.push(callback)
  }

  settle(isDone: boolean): void {
    for (const callback of this.#callbacks.splice(0)) callback(isDone)
  }

  whenDropped(callback: () => void): void {
    this.#dropped.push(callback)
  }

  /** What is to be called when the answer is not given; undefined where nobody wants to know. */
  get dropped(): (() => void) | undefined {
    if (this.#dropped.length === 0) return undefined
    return () => {
      for (const callback of this.#dropped.splice(0)) callback()
    }
  }
}
