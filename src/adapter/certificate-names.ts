import { isIP } from 'node:net'

/** A name that a server certificate can carry: the dNSName or iPAddress of RFC 5280 section 4.2.1.6. */
export type HostName =
  | { readonly kind: 'dns'; readonly text: string }
  | { readonly kind: 'address'; readonly text: string; readonly bytes: Uint8Array }

/** Undefined for what is neither a host name (letters, digits, hyphens) nor an IP address; wildcards are neither. */
export function parseHostName(text: string): HostName | undefined {
  switch (isIP(text)) {
    case 4:
      return { kind: 'address', text, bytes: Uint8Array.from(text.split('.'), Number) }
    case 6:
      return text.includes('%') ? undefined : { kind: 'address', text, bytes: parseAddress6(text) }
    default:
      return isDnsName(text) ? { kind: 'dns', text: text.toLowerCase() } : undefined
  }
}

/** The names of a server that nobody named: this machine, seen from itself. */
export function defaultHostNames(machine: string): readonly HostName[] {
  return ['localhost', '127.0.0.1', '::1', machine].flatMap((name) => parseHostName(name) ?? [])
}

function isDnsName(text: string): boolean {
  return text.length <= 253 && /[a-z]/i.test(text) && text.split('.').every(isLabel)
}

function isLabel(label: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label)
}

/** The URL parser writes every valid form in one: hexadecimal groups with at most one gap. */
function parseAddress6(text: string): Uint8Array {
  const [before = '', after] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::')
  const left = groupsOf(before)
  const right = groupsOf(after ?? '')
  const groups = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

function groupsOf(text: string): readonly number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
