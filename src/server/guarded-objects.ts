import { KmipFault } from '../fault/fault.ts'
import type { CreationRules } from '../model/creation-rules.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { CommitPart } from '../repository/commit-part.ts'
import type { LocatedObjects, ObjectQuery } from '../repository/locate.ts'
import type { OperationName } from '../spec/operation.ts'
import type { ApprovalGuard } from './approval-guard.ts'
import { ObjectUses } from './object-uses.ts'

/** The objects that a batch item may have to do with; some of them once that was approved. */
export class GuardedObjects implements ObjectSpace {
  readonly #objects: ObjectSpace
  readonly #guard: ApprovalGuard
  readonly #uses = new ObjectUses()

  constructor(objects: ObjectSpace, guard: ApprovalGuard) {
    this.#objects = objects
    this.#guard = guard
  }

  async load(uniqueIdentifier: string, as?: OperationName): Promise<ManagedObject> {
    const object = await this.#objects.load(uniqueIdentifier, as)
    await this.#guard.touch(object, 'read', this.#objects, as)
    this.#uses.note(uniqueIdentifier, as)
    return object
  }

  async add(object: ManagedObject): Promise<void> {
    await this.#guard.touch(object, 'made', this.#objects)
    await this.#objects.add(object)
  }

  async save(object: ManagedObject): Promise<void> {
    await this.#guard.touch(object, 'changed', this.#objects, this.#uses.of(object))
    await this.#objects.save(object)
  }

  async bring(object: ManagedObject, replaces: boolean): Promise<ManagedObject | undefined> {
    const before = replaces ? await this.#find(object.uniqueIdentifier) : undefined
    if (before !== undefined) await this.#guard.touch(before, 'read', this.#objects)
    await this.#guard.touch(object, before === undefined ? 'made' : 'changed', this.#objects)
    return this.#objects.bring(object, replaces)
  }

  async erase(object: ManagedObject): Promise<void> {
    await this.#guard.touch(object, 'changed', this.#objects, this.#uses.of(object))
    await this.#objects.erase(object)
  }

  async locate(query: ObjectQuery): Promise<LocatedObjects> {
    return this.#objects.locate(query)
  }

  async rules(): Promise<CreationRules> {
    return this.#objects.rules()
  }

  async setRules(rules: Partial<CreationRules>): Promise<void> {
    await this.#objects.setRules(rules)
  }

  join(part: CommitPart): void {
    this.#objects.join(part)
  }

  async #find(uniqueIdentifier: string): Promise<ManagedObject | undefined> {
    try {
      return await this.#objects.load(uniqueIdentifier)
    } catch (error) {
      if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
      throw error
    }
  }
}
