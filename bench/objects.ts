import type { Core } from '../src/cli/core.ts'
import { SCOPE, aesKey } from './repository.ts'

/** Puts so many keys into a store, a hundred in a commit. */
export async function fillStore({ objects }: Core, count: number): Promise<void> {
  for (let number = 0; number < count;) {
    const unit = objects.begin(SCOPE)
    const last = Math.min(number + 100, count)
    for (; number < last; number += 1) await unit.add(aesKey(number))
    await unit.commit()
  }
}
