import { spawnSync } from 'node:child_process'

/** Whether this machine has strace and lets it trace. */
export const CAN_TRACE = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status === 0
