import type { AdminResponse } from '../admin/schema.ts'
import { formatDate, printFields, printJson } from './output.ts'

/** Prints a client with its keys. */
export function printClient(client: AdminResponse<'client.show'>, isJson: boolean): void {
  if (isJson) {
    printJson(client)
    return
  }
  const { name, id, role, namespace, added, suspended, keys } = client
  printFields([
    ['client', name],
    ['id', id],
    ['role', role],
    ...(namespace === undefined ? [] : [['namespace', namespace] as const]),
    ['added', formatDate(added)],
    ['suspended', suspended ? 'yes' : 'no'],
    ...keys.flatMap(({ subject, issuer, notAfter }): [string, string][] => [
      ['key', subject],
      ['  signed by', issuer],
      ['  ends', formatDate(notAfter)],
    ]),
  ])
}
