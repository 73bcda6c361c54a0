import type { AdminResponse } from '../admin/schema.ts'
import { limitLines } from './limit-options.ts'
import { formatDate, printFields, printJson } from './output.ts'

type Shown = AdminResponse<'client.register'> & {
  readonly used?: AdminResponse<'client.show'>['used']
}

/** Prints a client with its keys. */
export function printClient(client: Shown, isJson: boolean): void {
  if (isJson) {
    printJson(client)
    return
  }
  const { name, id, role, namespace, added, suspended, limits, used, keys } = client
  printFields([
    ['client', name],
    ['id', id],
    ['role', role],
    ...(namespace === undefined ? [] : [['namespace', namespace] as const]),
    ['added', formatDate(added)],
    ['suspended', suspended ? 'yes' : 'no'],
    ...limitLines(limits, used),
    ...keys.flatMap(({ subject, issuer, notAfter }): [string, string][] => [
      ['key', subject],
      ['  signed by', issuer],
      ['  ends', formatDate(notAfter)],
    ]),
  ])
}
