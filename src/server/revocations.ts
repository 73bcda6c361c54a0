import { X509Certificate } from 'node:crypto'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { ListAge, RevocationList, RevocationLists } from '../port/revocation.ts'
import type { TrustedAuthority } from '../repository/authority-book.ts'
import type { DateTime } from '../schema/primitive.ts'
import { hashPublicKey, plainSerial, type PeerCertificate } from './identify.ts'
import type { Ticker } from './ticker.ts'

/** How revocation lists are watched. */
export interface RevocationLimits {
  /** Between two looks at the files. */
  readonly crlSeconds: number
  /** What an expired list is good for: what it lists is refused still, or every client of its authority is. */
  readonly expiredLists: 'warn' | 'refuse'
}

export const DEFAULT_REVOCATION_LIMITS: RevocationLimits = { crlSeconds: 2, expiredLists: 'warn' }

/** What is known of the list of an authority. */
export interface ListReport {
  /** Identifier of the authority. */
  readonly authority: string
  readonly thisUpdate?: DateTime
  readonly nextUpdate?: DateTime
  /** Certificates that it lists. */
  readonly revoked: number
  /** What is wrong with it, or will be soon. */
  readonly problem?: string
}

/**
 * Why a certificate is not good: it is listed, its authority is not good by a list itself, or nobody can say, because the
 * list of its authority cannot be relied on.
 */
export type RevocationReason = 'listed' | 'authority' | 'no list'

export interface RevocationsOptions {
  readonly authorities: () => readonly TrustedAuthority[]
  readonly lists: RevocationLists
  /** Keeps what lists were seen for the next start. */
  readonly remember: (authority: string, seen: ListAge) => Promise<void>
  /** Called when other certificates are revoked than before. */
  readonly changed: () => void
  readonly clock: Clock
  readonly ticker: Ticker
  readonly log: Log
  readonly limits: RevocationLimits
}

/** What is held of one authority that has a list. */
interface Guard {
  readonly authority: TrustedAuthority
  list: RevocationList | undefined
  seen: ListAge | undefined
  /** Of the file that was looked at last. */
  stamp: string | undefined
  /** Why the file was not taken. */
  problem: string | undefined
  /** What was last said of it in the log. */
  told: string | undefined
}

/**
 * The revocation lists of the authorities: read when their files change, and asked for every request. A list that cannot
 * be used leaves the one before in force; an authority of which none was ever read has all its clients refused.
 */
export class Revocations {
  readonly #options: RevocationsOptions
  #guards: ReadonlyMap<string, Guard> = new Map()
  /** Authorities whose own certificates are revoked by those above them. */
  #fallen: ReadonlySet<string> = new Set()
  /** The authorities that were there when it last looked, and those that nothing is known of. */
  #known = ''
  /** Whether others are yet to hear of a change. */
  #isUntold = false
  #turn: Promise<void> = Promise.resolve()
  #stop: () => void = () => undefined

  constructor(options: RevocationsOptions) {
    this.#options = options
  }

  /** Reads every list, and goes on to look for others. */
  async start(): Promise<void> {
    await this.reload()
    const { ticker, limits } = this.#options
    this.#stop = ticker.every(limits.crlSeconds * 1_000, () => void this.reload())
  }

  async close(): Promise<void> {
    this.#stop()
    await this.#turn
  }

  /** Looks at the files now. It never fails: what is wrong is in the log and in the report. */
  async reload(): Promise<void> {
    this.#turn = this.#turn
      .then(async () => this.#look())
      .catch((error: unknown) => {
        this.#options.log.error('revocation lists not looked at', { ...describeBug(error) })
      })
    return this.#turn
  }

  /** Whether a certificate is not good, for all that its authority says. */
  isRevoked({ key: { issuer }, serial }: PeerCertificate): boolean {
    return this.#fallen.has(issuer) || this.#lists(issuer, serial)
  }

  /**
   * Why the certificate of a key is not good; undefined where it is, or where nothing is known of it.
   *
   * @param serial - of the certificate; without it only that of which it matters nothing is known
   */
  reasonAgainst(issuer: string, serial: string | undefined): RevocationReason | undefined {
    if (this.#fallen.has(issuer)) return 'authority'
    const guard = this.#guards.get(issuer)
    if (guard === undefined) return undefined
    if (this.#isBlind(guard)) return 'no list'
    return serial !== undefined && this.#lists(issuer, serial) ? 'listed' : undefined
  }

  report(): readonly ListReport[] {
    return Array.from(this.#guards.values(), (guard) => {
      const { authority, list } = guard
      const problem = this.#problemOf(guard)
      return {
        authority: authority.id,
        revoked: list?.serials.size ?? 0,
        ...(list !== undefined && { thisUpdate: list.thisUpdate }),
        ...(list?.nextUpdate !== undefined && { nextUpdate: list.nextUpdate }),
        ...(problem !== undefined && { problem }),
      }
    })
  }

  /** Whether nobody can say what the authority has revoked. */
  #isBlind({ list }: Guard): boolean {
    if (list === undefined) return true
    const { limits, clock } = this.#options
    if (limits.expiredLists === 'warn' || list.nextUpdate === undefined) return false
    return list.nextUpdate < clock.now()
  }

  async #look(): Promise<void> {
    const authorities = this.#options.authorities()
    const before = this.#guards
    const listed = authorities.filter(({ crl }) => crl !== undefined)
    this.#guards = new Map(
      listed.map((authority) => [authority.id, guardOf(authority, before.get(authority.id))]),
    )
    for (const guard of this.#guards.values()) {
      if (await this.#refresh(guard)) this.#isUntold = true
      this.#tell(guard)
    }
    const blind = [...this.#guards].filter(([, guard]) => this.#isBlind(guard)).map(([id]) => id)
    const known = [...authorities.map(({ id }) => id), '', ...blind].join()
    if (known !== this.#known) this.#isUntold = true
    this.#known = known
    if (!this.#isUntold) return
    this.#fallen = fallenOf(authorities, (issuer, serial) => this.#lists(issuer, serial))
    this.#options.changed()
    this.#isUntold = false
  }

  /** Whether an authority takes a certificate back, or nobody can say whether it does. */
  #lists(issuer: string, serial: string): boolean {
    const guard = this.#guards.get(issuer)
    return guard !== undefined && (this.#isBlind(guard) || guard.list?.serials.has(serial) === true)
  }

  /** Takes another list where there is one. */
  async #refresh(guard: Guard): Promise<boolean> {
    const { lists } = this.#options
    const { crl = '', certificate } = guard.authority
    const stamp = await lists.stamp(crl)
    if (stamp !== undefined && stamp === guard.stamp) return false
    guard.stamp = stamp
    try {
      const list = await lists.read(crl, certificate)
      this.#check(list, guard)
      guard.problem = undefined
      await this.#take(list, guard)
      return true
    } catch (error) {
      guard.problem = error instanceof KmipFault ? error.message : 'The file cannot be read'
      return false
    }
  }

  /** Throws `INVALID_FIELD` for a list that is older than one that was seen, or of a time to come. */
  #check(list: RevocationList, { seen }: Guard): void {
    if (list.thisUpdate > this.#options.clock.now() + SKEW_SECONDS) {
      throw new KmipFault('INVALID_FIELD', 'The revocation list is of a time to come')
    }
    if (seen !== undefined && isOlder(list, seen)) {
      throw new KmipFault('INVALID_FIELD', 'The revocation list is older than one that was seen')
    }
  }

  async #take(list: RevocationList, guard: Guard): Promise<void> {
    const { thisUpdate, number, serials } = list
    const seen = number === undefined ? { thisUpdate } : { thisUpdate, number }
    const isNews = guard.seen?.thisUpdate !== thisUpdate || guard.seen.number !== number
    guard.list = list
    guard.seen = seen
    const { id } = guard.authority
    this.#options.log.info('revocation list read', { authority: id, revoked: serials.size })
    if (!isNews) return
    try {
      await this.#options.remember(id, seen)
    } catch {
      // It is in force all the same; only the next start would not know that it was seen.
      this.#options.log.warn('revocation list cannot be remembered', { authority: id })
    }
  }

  #problemOf({ problem, list }: Guard): string | undefined {
    if (problem !== undefined) return problem
    const { nextUpdate, thisUpdate = 0 } = list ?? {}
    if (nextUpdate === undefined) return undefined
    const now = this.#options.clock.now()
    if (nextUpdate < now) return 'The revocation list has expired'
    const isLate = now - thisUpdate > (nextUpdate - thisUpdate) / 2
    return isLate ? 'More than half of the time of the revocation list has passed' : undefined
  }

  #tell(guard: Guard): void {
    const problem = this.#problemOf(guard)
    if (problem === guard.told) return
    guard.told = problem
    const fields = { authority: guard.authority.id, file: guard.authority.crl, problem }
    if (problem === undefined) this.#options.log.info('revocation list is in order', fields)
    else if (problem.startsWith('More')) this.#options.log.warn('revocation list ages', fields)
    else this.#options.log.error('revocation list cannot be relied on', fields)
  }
}

/** What was held of an authority goes on for as long as its file is the same. */
function guardOf(authority: TrustedAuthority, before: Guard | undefined): Guard {
  if (before !== undefined && before.authority.crl === authority.crl) {
    return Object.assign(before, { authority })
  }
  return {
    authority,
    list: before?.list,
    seen: before?.seen ?? authority.seen,
    stamp: undefined,
    problem: undefined,
    told: undefined,
  }
}

function isOlder(list: ListAge, seen: ListAge): boolean {
  if (list.thisUpdate < seen.thisUpdate) return true
  if (seen.number === undefined) return false
  // An authority that numbers its lists does not stop doing so.
  return list.number === undefined || BigInt(`0x${list.number}`) < BigInt(`0x${seen.number}`)
}

/** The authorities whose certificates are taken back by the authorities that issued them, and all below those. */
function fallenOf(
  authorities: readonly TrustedAuthority[],
  lists: (issuer: string, serial: string) => boolean,
): ReadonlySet<string> {
  const read = authorities.map(({ id, certificate }) => ({
    id,
    x509: new X509Certificate(certificate),
  }))
  const fallen = new Set<string>()
  for (let size = -1; size < fallen.size;) {
    size = fallen.size
    for (const { id, x509 } of read) {
      const issuer = read.find(
        (each) => each.id !== id && x509.checkIssued(each.x509) && x509.verify(each.x509.publicKey),
      )
      if (issuer === undefined) continue
      const serial = plainSerial(x509.serialNumber) ?? ''
      if (lists(issuer.id, serial) || fallen.has(issuer.id)) fallen.add(id)
    }
  }
  return fallen
}

/** Identifier of an authority, from its certificate in DER. */
export function authorityId(certificate: Uint8Array): string {
  return hashPublicKey(new X509Certificate(certificate).publicKey)
}

/** A clock of another machine may be this far ahead. */
const SKEW_SECONDS = 300
