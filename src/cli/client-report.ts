import type { AdminResponse } from '../admin/schema.ts'
import { limitLines } from './limit-options.ts'
import { formatDate, printFields, printJson } from './output.ts'

type Shown = AdminResponse<'client.register'> & {
  readonly used?: AdminResponse<'client.show'>['used']
}

type Key = Shown['keys'][number]

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
    ...keys.flatMap(keyLines),
  ])
}

function keyLines({ subject, issuer, notAfter, serial, revoked }: Key): [string, string][] {
  return [
    ['key', subject],
    ['  signed by', issuer],
    ...(serial === undefined ? [] : [['  serial', serial] satisfies [string, string]]),
    ['  ends', formatDate(notAfter)],
    ...(revoked === undefined ? [] : [['  revoked', REVOKED[revoked]] satisfies [string, string]]),
  ]
}

const REVOKED: Readonly<Record<NonNullable<Key['revoked']>, string>> = {
  listed: 'its certificate is on the revocation list of its authority',
  authority: 'the certificate of its authority is revoked',
  'no list': 'refused: the revocation list of its authority cannot be relied on',
}
