import { Tag } from '../../src/spec/tag.ts'
import { ItemType } from '../../src/ttlv/item.ts'
import { find, type AnswerItem, type BatchItemText, type Bench } from './harness.ts'

export interface With {
  readonly as?: string
  readonly version?: string
}

/** Asks for one operation with a ticket. */
export async function askWithTicket(
  bench: Bench,
  ticket: string,
  item: BatchItemText,
  { as = 'alice', version = '2.1' }: With = {},
): Promise<AnswerItem> {
  const { items } = await bench.send(version, [item], { header: ticketCredential(ticket) }, as)
  const [answer] = items
  if (answer === undefined) throw new TypeError('no batch item came back')
  return answer
}

/** The value of the ticket in an answer, in hexadecimal. */
export function ticketOf({ payload, reason, message }: AnswerItem): string {
  const value = find(payload, Tag.TicketValue)
  if (value?.type !== ItemType.ByteString) throw new TypeError(`no ticket: ${reason} ${message}`)
  return Buffer.from(value.value).toString('hex')
}

/** XML of a header with one ticket in it. */
export function ticketCredential(value: string): string {
  return `<Authentication>${credential('Ticket', ticketText(value))}</Authentication>`
}

/** XML of a Credential. */
export function credential(type: string, value: string): string {
  return `<Credential><CredentialType type="Enumeration" value="${type}"/>
    <CredentialValue>${value}</CredentialValue></Credential>`
}

/** XML of a Ticket with a value in hexadecimal. */
export function ticketText(value: string, type = 'Login'): string {
  return `<Ticket><TicketType type="Enumeration" value="${type}"/>
    <TicketValue type="ByteString" value="${value}"/></Ticket>`
}

/** XML of a Lease Time in seconds. */
export function interval(seconds: number): string {
  return `<LeaseTime type="Interval" value="${seconds}"/>`
}

/** XML of Usage Limits. */
export function usage(total: number, unit: string): string {
  return `<UsageLimits><UsageLimitsTotal type="LongInteger" value="${total}"/>
    <UsageLimitsUnit type="Enumeration" value="${unit}"/></UsageLimits>`
}

export const rights = (inside: string) => `<Rights>${inside}</Rights>`
export const right = (inside: string) => `<Right>${inside}</Right>`
export const operations = (...names: readonly string[]) =>
  `<Operations>${names.map((name) => `<Operation type="Enumeration" value="${name}"/>`).join('')}</Operations>`
export const objects = (...names: readonly string[]) =>
  `<Objects>${names.map((name) => `<UniqueIdentifier type="TextString" value="${name}"/>`).join('')}</Objects>`
export const groups = (...names: readonly string[]) =>
  `<ObjectGroups>${names.map((name) => `<ObjectGroup type="TextString" value="${name}"/>`).join('')}</ObjectGroups>`
