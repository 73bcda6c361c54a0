import type { Verdict, Vote } from '../../src/model/approval/approval.ts'
import type { Electorate } from '../../src/model/approval/ceremony.ts'
import type { ApprovalRule, ApprovalRules } from '../../src/model/approval/rule.ts'
import { namesOf } from '../../src/model/approval/rule.ts'
import type { ManagedObject } from '../../src/model/managed-object.ts'
import type { OperationName } from '../../src/spec/operation.ts'
import type { Bench } from './harness.ts'

/** Officers who come and go, each with the keys of their certificates. */
export class Officers implements Electorate {
  readonly #keys = new Map<string, readonly string[]>()
  readonly #officers = new Set<string>()

  constructor(...names: readonly string[]) {
    for (const name of names) this.add(name)
  }

  add(name: string, ...keys: readonly string[]): void {
    this.#officers.add(name)
    this.#keys.set(name, keys.length === 0 ? [keyOf(name)] : keys)
  }

  /** Has a client of some other role have a key. */
  addClient(name: string, key: string): void {
    this.#keys.set(name, [key])
  }

  remove(name: string): void {
    this.#officers.delete(name)
    this.#keys.delete(name)
  }

  readonly isOfficer = (id: string, key: string): boolean =>
    this.#officers.has(id) && this.#keys.get(id)?.includes(key) === true

  readonly keysOf = (id: string): readonly string[] => this.#keys.get(id) ?? []
}

export const keyOf = (name: string): string => `key of ${name}`

/** What an officer says; who checks signatures has done so before. */
export function voteOf(
  name: string,
  at: number,
  { verdict = 'approve', key = keyOf(name) }: { verdict?: Verdict; key?: string } = {},
): Vote {
  return { verdict, id: name, name, key, publicKey: '', signature: '', at }
}

/** Objects whose Names begin so. */
export const named =
  (start: string) =>
  (object: ManagedObject): boolean =>
    namesOf(object).some((name) => name.startsWith(start))

/** Rules that can be changed while they are used. */
export class Rules implements ApprovalRules {
  readonly #rules = new Map<OperationName, readonly ApprovalRule[]>()

  set(operation: OperationName, ...rules: readonly Partial<ApprovalRule>[]): this {
    const whole = rules.map((rule) => ({ approvers: 2, expires: 900, plaintext: false, ...rule }))
    this.#rules.set(operation, whole)
    return this
  }

  of(operation: OperationName): readonly ApprovalRule[] {
    return this.#rules.get(operation) ?? []
  }
}

/** Has officers approve the only request that is open. */
export async function approveAll(bench: Bench, ...names: readonly string[]): Promise<void> {
  const [open] = bench.book.list().filter(({ ending }) => ending === undefined)
  if (open === undefined) throw new TypeError('nothing waits for approval')
  for (const name of names) await bench.book.vote(open.statement.id, voteOf(name, bench.now))
  await settled()
}

/** Lets what was begun come to its end. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
