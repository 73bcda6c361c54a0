import { KmipFault } from '../fault/fault.ts'
import type { CreationRules } from '../model/creation-rules.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { CommitPart } from '../repository/commit-part.ts'
import type { LocatedObjects, ObjectQuery } from '../repository/locate.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Allowance } from './allowance.ts'

/** Objects that Locate looks at to find those that are permitted. */
const MOST_LOOKED_AT = 10_000

/** The objects of a client, as far as the tickets of a message permit a batch item to have to do with them. */
export class NarrowedObjects implements ObjectSpace {
  readonly #objects: ObjectSpace
  readonly #allowance: Allowance

  constructor(objects: ObjectSpace, allowance: Allowance) {
    this.#objects = objects
    this.#allowance = allowance
  }

  /** What is not there is asked for like what is, so that no ticket tells of objects that it is not for. */
  async load(uniqueIdentifier: string, as?: OperationName): Promise<ManagedObject> {
    const object = await this.#find(uniqueIdentifier, as)
    this.#allowance.touch(object ?? { uniqueIdentifier })
    return object ?? this.#objects.load(uniqueIdentifier, as)
  }

  async add(object: ManagedObject): Promise<void> {
    this.#allowance.touch(object)
    await this.#objects.add(object)
  }

  /** Neither before nor after may an object be one that is not permitted. */
  async save(object: ManagedObject): Promise<void> {
    this.#allowance.touch(object)
    await this.#objects.save(object)
  }

  async bring(object: ManagedObject, replaces: boolean): Promise<ManagedObject | undefined> {
    const before = await this.#find(object.uniqueIdentifier)
    if (before !== undefined) this.#allowance.touch(before)
    this.#allowance.touch(object)
    return this.#objects.bring(object, replaces)
  }

  async erase(object: ManagedObject): Promise<void> {
    this.#allowance.touch(object)
    await this.#objects.erase(object)
  }

  /** Throws `SERVER_LIMIT` where there are too many objects to tell which of them are permitted. */
  async locate(query: ObjectQuery): Promise<LocatedObjects> {
    if (!this.#allowance.isOfObjects) return this.#objects.locate(query)
    const { uniqueIdentifiers } = await this.#objects.locate({
      criteria: query.criteria,
      statuses: query.statuses,
      offset: 0,
      limit: MOST_LOOKED_AT + 1,
      count: false,
    })
    if (uniqueIdentifiers.length > MOST_LOOKED_AT) {
      throw new KmipFault('SERVER_LIMIT', 'There are too many objects to look for the permitted')
    }
    const permitted: string[] = []
    for (const uniqueIdentifier of uniqueIdentifiers) {
      const object = await this.#find(uniqueIdentifier, 'Locate')
      if (object !== undefined && this.#allowance.covers(object)) permitted.push(uniqueIdentifier)
    }
    const found = permitted.slice(query.offset, query.offset + query.limit)
    return query.count
      ? { uniqueIdentifiers: found, total: permitted.length }
      : { uniqueIdentifiers: found }
  }

  async rules(): Promise<CreationRules> {
    return this.#objects.rules()
  }

  async setRules(rules: Partial<CreationRules>): Promise<void> {
    this.#allowance.touchAll()
    await this.#objects.setRules(rules)
  }

  join(part: CommitPart): void {
    this.#allowance.touchAll()
    this.#objects.join(part)
  }

  async #find(uniqueIdentifier: string, as?: OperationName): Promise<ManagedObject | undefined> {
    try {
      return await this.#objects.load(uniqueIdentifier, as)
    } catch (error) {
      if (error instanceof KmipFault && error.code === 'OBJECT_NOT_FOUND') return undefined
      throw error
    }
  }
}
