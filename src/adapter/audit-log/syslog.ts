import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import { KmipFault } from '../../fault/fault.ts'
import { codeOf } from '../data-directory.ts'

/** Where a collector of syslog messages listens. */
export type SyslogTarget =
  | { readonly kind: 'udp' | 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** An open way to a collector. */
export interface SyslogSender {
  /** Resolves once the message was handed to the system. Throws `UNAVAILABLE`. */
  send(message: string): Promise<void>
  /** Throws `UNAVAILABLE` when what was sent did not all leave. */
  close(): Promise<void>
}

/** Reads `udp://HOST:PORT`, `tcp://HOST:PORT` or `unix:PATH`; undefined for anything else. */
export function parseSyslogTarget(text: string): SyslogTarget | undefined {
  if (/^unix:.+/.test(text)) return { kind: 'unix', path: text.slice('unix:'.length) }
  const [, scheme, host = '', digits] =
    /^(udp|tcp):\/\/(\[[\da-fA-F:.]+\]|[^:/\s]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if ((scheme !== 'udp' && scheme !== 'tcp') || port < 1 || port > 65_535) return undefined
  return { kind: scheme, host: host.replace(/^\[(.*)\]$/, '$1'), port }
}

/**
 * Writes a message of RFC 5424: facility 13 (log audit), severity 5 (notice).
 *
 * @param host - name of this machine
 * @param time - RFC 3339
 */
export function syslogMessage(text: string, host: string, time: string): string {
  const name = /^[!-~]{1,255}$/.test(host) ? host : '-'
  return `<${8 * 13 + 5}>1 ${time} ${name} kmipd - audit - ${text}`
}

/** Opens a way to a collector: datagrams, or a stream with the length before each message (RFC 6587). */
export async function openSyslog(target: SyslogTarget): Promise<SyslogSender> {
  return target.kind === 'udp' ? overDatagrams(target) : overStream(target)
}

function overDatagrams({
  host,
  port,
}: {
  readonly host: string
  readonly port: number
}): SyslogSender {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  return {
    send: async (message) =>
      new Promise((resolve, reject) => {
        socket.send(message, port, host, (error) => {
          if (error === null) resolve()
          else reject(failed(error))
        })
      }),
    close: async () =>
      new Promise((resolve) =>
        socket.close(() => {
          resolve()
        }),
      ),
  }
}

async function overStream(target: Exclude<SyslogTarget, { kind: 'udp' }>): Promise<SyslogSender> {
  const socket = connect(target.kind === 'unix' ? { path: target.path } : target)
  let failure: KmipFault | undefined
  try {
    await once(socket, 'connect')
  } catch (error) {
    throw failed(error)
  }
  const closed = once(socket, 'close')
  socket.on('error', (error) => {
    failure = failed(error)
  })
  socket.resume()
  const check = () => {
    if (failure !== undefined) throw failure
    if (socket.destroyed) throw failed(undefined)
  }
  return {
    async send(message) {
      check()
      const bytes = Buffer.from(message)
      socket.write(`${bytes.length} `)
      if (!socket.write(bytes)) await Promise.race([once(socket, 'drain'), closed])
      check()
    },
    async close() {
      check()
      socket.end()
      await closed
      if (failure !== undefined) throw failure
    },
  }
}

function failed(cause: unknown): KmipFault {
  const why = cause === undefined ? 'it went away' : codeOf(cause)
  return new KmipFault('UNAVAILABLE', `The syslog collector cannot be reached (${why})`, { cause })
}
