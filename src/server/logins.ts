import { KmipFault } from '../fault/fault.ts'
import type { Login } from '../message/authentication.ts'
import type { Identity } from '../model/identity.ts'
import { bothOf } from '../model/permission/both.ts'
import { TicketLock, type LockLimits } from '../operation/ticket-lock.ts'
import type { Log } from '../port/log.ts'
import type { Passwords } from '../port/passwords.ts'
import type { Account } from '../repository/client-record.ts'
import type { DateTime } from '../schema/primitive.ts'
import type { Permissions } from './authorise.ts'

export interface LoginsOptions {
  /** The accounts of a client, by its identifier, as they are at this moment. */
  readonly accountsOf: (client: string) => readonly Account[]
  readonly passwords: Passwords
  /** A keyed hash of 32 bytes in hex, under a key that nobody else has and that ends with the process. */
  readonly fingerprint: (parts: readonly Uint8Array[]) => string
  readonly limits: LockLimits
  readonly log: Log
}

/** Where a message came from. */
export interface Sender {
  /** Identifier of the client. */
  readonly client: string
  /** Name of the connection: what was right on it once is not compared again. */
  readonly connection: string
  readonly now: DateTime
}

/**
 * The user names and passwords that come with messages. They make nobody somebody else: where a client has accounts, what
 * it sends must be right, and takes away from what the client may do; where it has none, it decides nothing.
 */
export class Logins {
  readonly #options: LoginsOptions
  readonly #lock: TicketLock
  /** Fingerprints of what was found right, with the account; the oldest first. */
  readonly #right = new Map<string, string>()

  constructor(options: LoginsOptions) {
    this.#options = options
    this.#lock = new TicketLock(options.limits, options.log, 'passwords')
  }

  /**
   * The accounts of a message.
   *
   * @throws KmipFault `AUTHENTICATION_FAILED` for any that is wrong, and while it is locked out; `SERVER_LIMIT`
   */
  async present(logins: readonly Login[], sender: Sender): Promise<readonly Account[]> {
    if (logins.length === 0 || this.#options.accountsOf(sender.client).length === 0) return NONE
    const accounts: Account[] = []
    for (const login of logins) accounts.push(await this.#check(login, sender))
    return accounts
  }

  /** Whether a client still has all of the accounts that it came with. */
  areThere(client: string, accounts: readonly Account[]): boolean {
    const present = this.#options.accountsOf(client)
    return accounts.every(({ id }) => present.some((each) => each.id === id))
  }

  /** Until when a name of a client is locked out, in whole seconds; undefined where it is not. */
  lockedUntil(client: string, username: string, now: DateTime): DateTime | undefined {
    const until = this.#lock.lockedUntil(this.#slotOf(username, client), now)
    return until === undefined ? undefined : Math.ceil(until)
  }

  async #check({ username, password }: Login, sender: Sender): Promise<Account> {
    const { client, now } = sender
    const slot = this.#slotOf(username, client)
    this.#lock.check(slot, now)
    const account = this.#named(username, client)
    const seen = password.expose((bytes) => this.#fingerprint(username, bytes, sender))
    if (account !== undefined && this.#right.get(seen) === account.id) return account
    const isRight = await this.#options.passwords.isRight(password, account?.verifier)
    // Others may have been found wrong meanwhile, and the account may be gone.
    this.#lock.check(slot, now)
    if (isRight && account !== undefined && this.#named(username, client)?.id === account.id) {
      this.#remember(seen, account)
      return account
    }
    this.#lock.count(slot, now, client)
    throw new KmipFault('AUTHENTICATION_FAILED', 'The user name or the password is wrong')
  }

  #named(username: string, client: string): Account | undefined {
    return this.#options.accountsOf(client).find(({ name }) => name === username)
  }

  #remember(seen: string, { id }: Account): void {
    this.#right.set(seen, id)
    const [oldest] = this.#right.keys()
    if (this.#right.size > MOST_REMEMBERED && oldest !== undefined) this.#right.delete(oldest)
  }

  #fingerprint(username: string, password: Uint8Array, { client, connection }: Sender): string {
    const texts = [client, connection, username].map((text) => toUtf8.encode(text))
    return this.#options.fingerprint([...texts, password])
  }

  /** Failures are counted by slots of names: what nobody has is treated as what somebody has, and takes no more room. */
  #slotOf(username: string, client: string): string {
    const hash = this.#options.fingerprint([toUtf8.encode(client), toUtf8.encode(username)])
    return `${client}/${hash.slice(0, SLOT_DIGITS)}`
  }
}

/** What messages that came with accounts may do: what the client may, and each account's role besides. */
export function narrowedBy(permissions: Permissions, accounts: readonly Account[]): Permissions {
  return {
    get stamp() {
      return permissions.stamp
    },
    of: (identity) =>
      accounts.reduce(
        (permission, { role }) => bothOf(permission, permissions.of(asRole(identity, role))),
        permissions.of(identity),
      ),
  }
}

/** Whose requests under way messages see that came with accounts: those that came with the same. */
export function scopeWith(
  scope: string | undefined,
  accounts: readonly Account[],
): string | undefined {
  return accounts.length === 0 ? scope : [scope ?? '', ...accounts.map(({ id }) => id)].join('/')
}

/** Wipes the passwords of logins. */
export function forget(logins: readonly Login[]): void {
  for (const { password } of logins) password.destroy()
}

function asRole({ id, name, namespace, credential }: Identity, role: string): Identity {
  return { id, name, role, namespace, ...(credential && { credential }) }
}

const NONE: readonly Account[] = []
const MOST_REMEMBERED = 10_000
/** 256 slots for each client. */
const SLOT_DIGITS = 2
const toUtf8 = new TextEncoder()
