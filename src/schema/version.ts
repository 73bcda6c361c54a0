/** The versions of the protocol, oldest first. */
export const VERSIONS = ['1.0', '1.1', '1.2', '1.3', '1.4', '2.0', '2.1'] as const
export type Version = (typeof VERSIONS)[number]
export type Major = 1 | 2

/** When a part of the standard was there; both ends included, an open end means "always". */
export interface Lifetime {
  readonly since?: Version
  readonly until?: Version
}

const RANK: Readonly<Record<Version, number>> = {
  '1.0': 0,
  '1.1': 1,
  '1.2': 2,
  '1.3': 3,
  '1.4': 4,
  '2.0': 5,
  '2.1': 6,
}
const NEWEST: Readonly<Record<Major, Version>> = { 1: '1.4', 2: '2.1' }
const OLDEST: Readonly<Record<Major, Version>> = { 1: '1.0', 2: '2.0' }

/** The place of a version among them all, the oldest first. */
export function rankOf(version: Version): number {
  return RANK[version]
}

/** The major number of a version. */
export function majorOf(version: Version): Major {
  return RANK[version] < RANK['2.0'] ? 1 : 2
}

/** Whether a version is the newest of its major number, in which nothing unknown can be a later addition. */
export function isNewestOfMajor(version: Version): boolean {
  return NEWEST[majorOf(version)] === version
}

/** Whether something existed in a version. */
export function existsIn(lifetime: Lifetime, version: Version): boolean {
  const { since = '1.0', until = '2.1' } = lifetime
  return RANK[since] <= RANK[version] && RANK[version] <= RANK[until]
}

/** Whether something existed in any version of the same major number: what a request may hold. */
export function existsInMajor(lifetime: Lifetime, version: Version): boolean {
  const { since = '1.0', until = '2.1' } = lifetime
  const major = majorOf(version)
  return RANK[since] <= RANK[NEWEST[major]] && RANK[OLDEST[major]] <= RANK[until]
}
