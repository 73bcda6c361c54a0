import { readFileSync } from 'node:fs'

/** The version in package.json, which lies two folders up both in a checkout and when installed. */
export const VERSION: string = readVersion()

function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const version = /"version":\s*"([^"]+)"/.exec(text)?.[1]
  return version ?? 'unknown'
}
