import { spawnSync } from 'node:child_process'

/** Process identifiers of the processes that this one, or another, has started to hold a token. */
export function childrenOfTokens(parent: number | undefined = process.pid): readonly number[] {
  // It fails where there are none.
  const { stdout } = spawnSync('ps', ['-o', 'pid=,args=', '--ppid', String(parent)], {
    encoding: 'utf8',
  })
  return stdout
    .split('\n')
    .filter((line) => line.includes('C_Initialize') || line.endsWith(' pkcs11'))
    .map((line) => Number(line.trim().split(' ')[0]))
}
