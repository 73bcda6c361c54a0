import { KmipFault } from '../fault/fault.ts'
import type { CreationRules } from '../model/creation-rules.ts'
import type { ManagedObject } from '../model/managed-object.ts'
import type { Permission } from '../model/permission/permission.ts'
import type { Decision } from '../model/permission/rule.ts'
import type { ObjectSpace } from '../operation/context.ts'
import type { CommitPart } from '../repository/commit-part.ts'
import type { LocatedObjects, ObjectQuery } from '../repository/locate.ts'
import { noSuchObject } from '../repository/unit-of-work.ts'
import type { OperationName } from '../spec/operation.ts'
import { ObjectUses } from './object-uses.ts'

/** What decides about objects. */
export interface ObjectAuthority {
  readonly permission: Permission
  readonly operation: OperationName
  readonly decided: (decision: Decision) => void
  /** Told of each object that it got hold of. */
  readonly found: (uniqueIdentifier: string) => void
}

/**
 * The objects of a namespace, as far as the permission of whoever asks lets an operation have to do with them. What
 * may not be located is answered as what is not there.
 */
export class PermittedObjects implements ObjectSpace {
  readonly #objects: ObjectSpace
  readonly #authority: ObjectAuthority
  readonly #uses = new ObjectUses()

  constructor(objects: ObjectSpace, authority: ObjectAuthority) {
    this.#objects = objects
    this.#authority = authority
  }

  async load(uniqueIdentifier: string, as?: OperationName): Promise<ManagedObject> {
    const object = await this.#objects.load(uniqueIdentifier)
    const { verdict } = this.#decide(object, as ?? this.#authority.operation)
    if (verdict !== 'allowed') throw await this.#refusal(verdict, uniqueIdentifier)
    this.#authority.found(uniqueIdentifier)
    this.#uses.note(uniqueIdentifier, as)
    return object
  }

  async add(object: ManagedObject): Promise<void> {
    this.#checkMade(object, this.#authority.operation)
    await this.#objects.add(object)
  }

  /** As it was it has been looked at when it was loaded. */
  async save(object: ManagedObject): Promise<void> {
    this.#checkMade(object, this.#useOf(object))
    await this.#objects.save(object)
  }

  /** Identifiers are unique in a namespace: one that is taken is refused, whoever may see what has it. */
  async bring(object: ManagedObject, replaces: boolean): Promise<ManagedObject | undefined> {
    const { operation } = this.#authority
    const before = await this.#find(object.uniqueIdentifier)
    if (before !== undefined && replaces) {
      const { verdict } = this.#decide(before, operation)
      if (verdict !== 'allowed') throw await this.#refusal(verdict, before.uniqueIdentifier)
    }
    this.#checkMade(object, operation)
    return this.#objects.bring(object, replaces)
  }

  async erase(object: ManagedObject): Promise<void> {
    this.#checkMade(object, this.#useOf(object))
    await this.#objects.erase(object)
  }

  /** Finds what may be located, whatever it is looked for. */
  async locate(query: ObjectQuery): Promise<LocatedObjects> {
    const { permission } = this.#authority
    const { accepts, owner = permission.locatesOnlyOf } = query
    return this.#objects.locate({
      ...query,
      ...(owner === undefined ? {} : { owner }),
      accepts: (object) =>
        permission.decide('Locate', object).verdict === 'allowed' && accepts?.(object) !== false,
    })
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

  #useOf(object: ManagedObject): OperationName {
    return this.#uses.of(object) ?? this.#authority.operation
  }

  async #refusal(verdict: 'refused' | 'hidden', uniqueIdentifier: string): Promise<KmipFault> {
    if (verdict === 'refused') return notPermitted()
    // What may not be seen takes as long as what is not there: something is looked for that is not.
    await this.#find(`\u0000${uniqueIdentifier.slice(1)}`)
    return noSuchObject()
  }

  /** Whoever asks has just said what is in it: there is nothing to hide. */
  #checkMade(object: ManagedObject, operation: OperationName): void {
    if (this.#decide(object, operation).verdict !== 'allowed') throw notPermitted()
  }

  #decide(object: ManagedObject, operation: OperationName): Decision {
    const { permission, decided } = this.#authority
    const decision = permission.decide(operation, object)
    decided(decision)
    return decision
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

function notPermitted(): KmipFault {
  return new KmipFault('NOT_PERMITTED', 'The client may not do this with the object')
}
