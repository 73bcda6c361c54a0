import { wrongUsage } from './failure.ts'
import { textOption } from './option.ts'

/** Where what a command is about is: a data directory, or a server somewhere. */
export const placeOptions = {
  data: textOption('data', 'data directory'),
  server: textOption('server', 'HOST:PORT of the admin API of a server, in place of --data'),
  cert: textOption('cert', 'with --server: file of your certificate (PEM)'),
  key: textOption('key', 'with --server: file of the key for it (PEM)'),
  ca: textOption('ca', "with --server: file of the authority of the server's certificate (PEM)"),
} as const

/** What those options were given as. */
export interface Place {
  readonly data?: string | undefined
  readonly server?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly ca?: string | undefined
}

/** A server that is spoken to over mutual TLS. */
export interface RemotePlace {
  readonly host: string
  readonly port: number
  /** Paths of PEM files. */
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** The one that was given: the path of a data directory, or a server. Throws wrong usage. */
export function placeOf({ data, server, cert, key, ca }: Place): string | RemotePlace {
  if (server === undefined) {
    if (cert !== undefined || key !== undefined || ca !== undefined) {
      throw wrongUsage('--cert, --key and --ca are of no use without --server')
    }
    if (data === undefined) throw wrongUsage('give --data, or --server with --cert, --key and --ca')
    return data
  }
  if (data !== undefined) throw wrongUsage('give one of --data and --server')
  if (cert === undefined || key === undefined || ca === undefined) {
    throw wrongUsage('--server needs --cert, --key and --ca')
  }
  return { ...readAddress(server), cert, key, ca }
}

function readAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, digits = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port }
  throw wrongUsage(`--server takes HOST:PORT, not '${text}'`)
}
