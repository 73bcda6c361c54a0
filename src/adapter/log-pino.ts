import { pino, type DestinationStream, type Logger } from 'pino'
import type { Log, Loggable } from '../port/log.ts'

type Fields = Readonly<Record<string, Loggable>>

/** The least that a log writes. */
export type Severity = 'debug' | 'info' | 'warn' | 'error'

/** A log of JSON lines on standard error, each written before the call returns. */
export function stderrLog(level: Severity): Log {
  return createLog(level, pino.destination({ fd: 2, sync: true }))
}

/**
 * A log of JSON lines: `level`, `time` (RFC 3339, UTC), `event`, then the fields of the call. Whatever a field is named,
 * those three mean the same on every line.
 */
export function createLog(level: Severity, destination: DestinationStream): Log {
  const logger = pino(
    {
      level,
      // Neither process nor host: whoever collects the lines knows both.
      base: null,
      messageKey: 'event',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // pino would unfold an Error under this name; none can come, but nothing shall look at values either.
      serializers: { err: (value: unknown) => value },
    },
    destination,
  )
  return new PinoLog(logger)
}

class PinoLog implements Log {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  debug(event: string, fields: Fields = {}): void {
    this.#logger.debug(keepReserved(fields), event)
  }

  info(event: string, fields: Fields = {}): void {
    this.#logger.info(keepReserved(fields), event)
  }

  warn(event: string, fields: Fields = {}): void {
    this.#logger.warn(keepReserved(fields), event)
  }

  error(event: string, fields: Fields = {}): void {
    this.#logger.error(keepReserved(fields), event)
  }

  with(fields: Fields): Log {
    return new PinoLog(this.#logger.child(keepReserved(fields)))
  }
}

/** Two members of one name in a line of JSON would let a reader see another event than was logged. */
function keepReserved(fields: Fields): Record<string, Loggable> {
  const entries = Object.entries(fields).map(([key, value]): [string, Loggable] => [
    RESERVED.has(key) ? `${key}_` : key,
    value,
  ])
  return Object.fromEntries(entries)
}

const RESERVED: ReadonlySet<string> = new Set(['level', 'time', 'event'])
