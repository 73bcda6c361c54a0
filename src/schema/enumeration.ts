import type { Lifetime, Version } from './version.ts'

/** A member's value, and the versions that have it (first, last). */
export type MemberRow = readonly [value: number, since?: Version, until?: Version]

/**
 * Marks unknown members in their type alone. Exported because declarations name it.
 *
 * @public
 */
export declare const unknownMember: unique symbol

/** A value that no member of the enumeration has: a vendor's extension. */
export type UnknownMember<Name extends string> = number & { readonly [unknownMember]: Name }

/** One member with its name. */
export interface Member extends Lifetime {
  readonly name: string
  readonly value: number
}

/** What is known of an enumeration or a mask beside its members' values. */
export interface MemberTable {
  readonly name: string
  readonly members: readonly Member[]
  nameOf(value: number): string | undefined
  valueOf(name: string): number | undefined
  memberOf(value: number): Member | undefined
}

export const table: unique symbol = Symbol('member table')

/**
 * Carries an enumeration's name and values in its type alone. Exported because declarations name it.
 *
 * @public
 */
export declare const phantom: unique symbol

/** Any enumeration or mask. */
export interface AnyMembers {
  readonly [table]: MemberTable
}

/** An enumeration or mask: its members as literals, and its table behind {@link membersOf}. */
export type Members<Name extends string, R extends Readonly<Record<string, MemberRow>>> = {
  readonly [K in keyof R]: R[K][0]
} & AnyMembers & { readonly [phantom]?: readonly [Name, R[keyof R][0]] }

/** The values of an enumeration: its known members, or an unknown one. */
export type ValueOf<E> = E extends {
  readonly [phantom]?: readonly [infer Name extends string, infer V]
}
  ? V | UnknownMember<Name>
  : never

/**
 * Defines an enumeration of the standard: `defineEnum('ObjectType', { Certificate: [1], … })`. Its keys are the
 * normalised names of the profiles. The result holds the literals; use {@link membersOf} for names and versions.
 */
export function defineEnum<
  const Name extends string,
  const R extends Readonly<Record<string, MemberRow>>,
>(name: Name, rows: R): Members<Name, R> {
  const members = Object.entries(rows).map(([key, [value, since, until]]): Member => {
    return Object.freeze({
      name: key,
      value,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    })
  })
  const byValue = new Map(members.map((member) => [member.value, member]))
  const byName = new Map(members.map((member) => [member.name, member.value]))
  const values = Object.fromEntries(members.map((member) => [member.name, member.value]))
  const memberTable: MemberTable = Object.freeze({
    name,
    members,
    nameOf: (value: number) => byValue.get(value)?.name,
    valueOf: (key: string) => byName.get(key),
    memberOf: (value: number) => byValue.get(value),
  })
  Object.defineProperty(values, table, { value: memberTable })
  return Object.freeze(values) as Members<Name, R>
}

/** Defines a bit mask; the same shape as an enumeration, each value one bit. */
export const defineMask = defineEnum

/** Names, values and versions of an enumeration's members. */
export function membersOf(enumeration: AnyMembers): MemberTable {
  return enumeration[table]
}

/** Whether a value lies in the range that the standard leaves to extensions (KMIP 1.4 section 9.1.1.4). */
export function isExtensionValue(value: number): boolean {
  return value >>> 28 === 0x8
}
