import type { KeyReport } from '../admin/schema.ts'
import { printTable } from './output.ts'

/** How the key-encryption keys are, in short. */
export function keyFields({ epochs, moving, problem }: KeyReport): readonly [string, string][] {
  const old = epochs.filter(({ seals }) => !seals).length
  const sealing = epochs.filter(({ seals }) => seals).map(({ epoch }) => String(epoch))
  const text = old === 0 ? '' : `, ${old} to go`
  const fields: [string, string][] = [['key epoch', sealing.join(', ') + text]]
  if (moving !== undefined) {
    fields.push(['moving records', `${moving.moved} moved, ${moving.left} left`])
  }
  if (problem !== undefined) fields.push(['old keys stay', problem])
  return fields
}

/** Prints each key-encryption key in a row. */
export function printKeys({ epochs }: KeyReport): void {
  printTable(
    ['namespace', 'epoch', 'state', 'sealed at most'],
    epochs.map(({ namespace, epoch, seals, sealed }) => {
      const state = seals ? 'seals' : 'opens what is left of it'
      return [namespace, String(epoch), state, String(sealed)]
    }),
  )
}
