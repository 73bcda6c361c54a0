import type { ItemRun } from '../operation/item-run.ts'

/** What a batch item wants to be told about its own end. */
export class BatchItemRun implements ItemRun {
  readonly canBeUndone: boolean
  readonly #callbacks: ((isDone: boolean) => void)[] = []

  constructor(canBeUndone: boolean) {
    this.canBeUndone = canBeUndone
  }

  whenSettled(callback: (isDone: boolean) => void): void {
    this.#callbacks.push(callback)
  }

  settle(isDone: boolean): void {
    for (const callback of this.#callbacks.splice(0)) callback(isDone)
  }
}
