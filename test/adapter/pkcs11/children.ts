import { execFileSync } from 'node:child_process'

/** Process identifiers of the processes that this one has started to hold a token. */
export function childrenOfTokens(): readonly number[] {
  const list = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  })
  return list
    .split('\n')
    .filter((line) => line.includes('C_Initialize') || line.endsWith(' pkcs11'))
    .map((line) => Number(line.trim().split(' ')[0]))
}
