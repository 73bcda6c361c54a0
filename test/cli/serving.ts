import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { startKmipd, type RunOptions } from './program.ts'

/** A server that was started for a test. */
export interface Serving {
  readonly port: number
  readonly process: ChildProcess
  /** What it has printed so far. */
  readonly stdout: () => string
  readonly stderr: () => string
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** How long a server may take to start or to stop, in milliseconds. */
const PATIENCE_MS = 60_000

/** Starts a server and waits for its line. Throws with what it said when it ends instead. */
export async function serve(args: readonly string[], options: RunOptions = {}): Promise<Serving> {
  const child = startKmipd(['serve', ...args], options)
  const seen = { stdout: '', stderr: '' }
  const ended = once(child, 'close')
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (seen.stderr += text))
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      seen.stdout += text
      const found = /listening on .*?:(\d+)(,|\n)/.exec(seen.stdout)?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      resolve(Number(found))
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      reject(new Error(`the server ended with ${String(code)}: ${seen.stderr}`))
    })
  })
  return {
    port,
    process: child,
    stdout: () => seen.stdout,
    stderr: () => seen.stderr,
    async stop(signal = 'SIGTERM') {
      const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
      child.kill(signal)
      await ended
      clearTimeout(timer)
      return child.exitCode
    },
  }
}

/**
 * Connects as a client whose files are in `folder`, and waits for what the server makes of it: TLS 1.3 lets a client
 * believe that it is connected before the server has looked at its certificate.
 *
 * @returns whether the connection was still up after a moment of silence
 */
export async function isAdmitted(port: number, folder: string, name: string): Promise<boolean> {
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca: readFileSync(join(folder, 'ca.crt')),
    cert: readFileSync(join(folder, `${name}.crt`)),
    key: readFileSync(join(folder, `${name}.key`)),
  })
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('error', () => {
        resolve(false)
      })
      socket.once('close', () => {
        resolve(false)
      })
      // Discover Versions of KMIP 1.2: whoever is admitted is answered.
      socket.once('data', () => {
        resolve(true)
      })
      socket.once('secureConnect', () => socket.write(DISCOVER_VERSIONS))
    })
  } finally {
    socket.destroy()
  }
}

/**
 * Asks Discover Versions in XML over HTTPS.
 *
 * @param authentication - XML of the header, if any
 */
export async function postXml(
  port: number,
  folder: string,
  name: string,
  authentication = '',
): Promise<{
  readonly status: number | undefined
  readonly type: string | undefined
  readonly body: string
}> {
  const body = `<RequestMessage><RequestHeader><ProtocolVersion>
    <ProtocolVersionMajor type="Integer" value="1"/><ProtocolVersionMinor type="Integer" value="2"/>
    </ProtocolVersion>${authentication}<BatchCount type="Integer" value="1"/></RequestHeader><BatchItem>
    <Operation type="Enumeration" value="DiscoverVersions"/><RequestPayload/></BatchItem></RequestMessage>`
  const asked = request({
    host: '127.0.0.1',
    port,
    path: '/kmip',
    method: 'POST',
    agent: false,
    ca: readFileSync(join(folder, 'ca.crt')),
    cert: readFileSync(join(folder, `${name}.crt`)),
    key: readFileSync(join(folder, `${name}.key`)),
    headers: { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(body) },
  })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += String(piece)
  return { status: answer.statusCode, type: answer.headers['content-type'], body: text }
}

/** Request Message: header (version 1.2, batch count 1), batch item (operation 0x1e, empty payload). */
const DISCOVER_VERSIONS = Buffer.from(
  '42007801' +
    '00000060' +
    '4200770100000038' +
    '4200690100000020' +
    '42006a02000000040000000100000000' +
    '42006b02000000040000000200000000' +
    '42000d02000000040000000100000000' +
    '42000f0100000018' +
    '42005c05000000040000001e00000000' +
    '4200790100000000',
  'hex',
)
