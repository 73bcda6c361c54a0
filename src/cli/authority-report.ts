import type { AdminResponse } from '../admin/schema.ts'
import { formatDate, printJson, printTable } from './output.ts'

type Authorities = AdminResponse<'authority.list'>['authorities']

/** Prints authorities with how their revocation lists are. */
export function printAuthorities(authorities: Authorities, isJson: boolean): void {
  if (isJson) {
    printJson(authorities)
    return
  }
  const rows = authorities.map(({ id, subject, notAfter, crl, list }) => [
    id.slice(0, ID_SHOWN),
    formatDate(notAfter),
    crl === undefined ? 'none' : (list?.problem ?? stateOf(list)),
    subject,
  ])
  printTable(['id', 'ends', 'revocation list', 'subject'], rows)
}

function stateOf(list: Authorities[number]['list']): string {
  return list === undefined ? 'not read: no server runs' : `${list.revoked} revoked`
}

const ID_SHOWN = 16
