/** The carrying out of one batch item: the same value when its unit of work has to be tried anew. */
export interface ItemRun {
  /** Whether it may have to be undone once it has succeeded, because an item behind it fails. */
  readonly canBeUndone: boolean
  /** Calls back when it is certain whether the item is done. */
  whenSettled(callback: (isDone: boolean) => void): void
  /** Calls back when the item is done, but its answer is too large to be given. */
  whenDropped(callback: () => void): void
}
