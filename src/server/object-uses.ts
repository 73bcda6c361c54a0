import type { ManagedObject } from '../model/managed-object.ts'
import type { OperationName } from '../spec/operation.ts'

/**
 * What the objects of a batch item are used for, where that is not what its operation itself does: what was loaded to
 * wrap with is saved as what wraps, too.
 */
export class ObjectUses {
  #uses: Map<string, OperationName> | undefined

  /** @param as - undefined for an object that the operation itself is about, whatever it was used for before */
  note(uniqueIdentifier: string, as: OperationName | undefined): void {
    if (as === undefined) this.#uses?.delete(uniqueIdentifier)
    else (this.#uses ??= new Map()).set(uniqueIdentifier, as)
  }

  /** Undefined for an object that is used for nothing else. */
  of({ uniqueIdentifier }: ManagedObject): OperationName | undefined {
    return this.#uses?.get(uniqueIdentifier)
  }
}
