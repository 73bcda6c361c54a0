import { createSecretKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { systemClock } from '../adapter/clock-system.ts'
import { Webhook } from '../adapter/webhook/index.ts'
import type { AlertConfig, WebhookConfig } from '../config/alerts.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import type { AuditTrail } from '../server/audit/trail.ts'
import type { SteadyClock } from '../server/steady-clock.ts'
import { systemTicker } from '../server/ticker.ts'
import type { Alert } from '../server/watch/alert.ts'
import { Watch, type Watched } from '../server/watch/watch.ts'

/** What looks for alerts, with what sends them. */
export interface Watching {
  readonly watch: Watch
  /** Begins to look at the listener, the clock and the state. */
  start(watched: Watched): void
  close(): void
}

export interface WatchedBy {
  readonly log: Log
  readonly trail: AuditTrail
  /** Stands still where the time of day is behind what it was. */
  readonly steady?: Pick<SteadyClock, 'behind'> | undefined
}

/** Makes what looks for alerts. Throws `UNAVAILABLE` for a file of the webhook that cannot be read. */
export async function openWatching(
  { webhook, rules }: AlertConfig,
  { log, trail, steady }: WatchedBy,
): Promise<Watching> {
  const hook = webhook && (await openWebhook(webhook, log))
  const watch = new Watch({
    rules,
    clock: systemClock,
    steady,
    ticker: systemTicker,
    log,
    tell: (alert) => {
      tellAlert(trail, alert)
      const { rule, client, count, message } = alert
      hook?.send({ alert: rule, client, count, message, time: systemClock.now() })
    },
  })
  return {
    watch,
    start(watched) {
      watch.start(watched)
    },
    close() {
      watch.close()
      hook?.close()
    },
  }
}

/** An alert of an audit that cannot be written is in the log and at the webhook alone. */
function tellAlert(trail: AuditTrail, { rule, client, count, message }: Alert): void {
  try {
    trail.tell({ operation: 'Alert', name: client, detail: { alert: rule, count, message } })
  } catch (error) {
    if (!(error instanceof KmipFault)) throw error
  }
}

async function openWebhook({ url, ca, key }: WebhookConfig, log: Log): Promise<Webhook> {
  const authorities = ca === undefined ? undefined : await contentOf(ca, 'alerts.webhook.ca')
  const bytes = key === undefined ? undefined : await contentOf(key, 'alerts.webhook.key')
  if (bytes !== undefined && bytes.length < LEAST_KEY_BYTES) {
    throw new KmipFault('UNAVAILABLE', `alerts.webhook.key has fewer than ${LEAST_KEY_BYTES} bytes`)
  }
  const secret = bytes && createSecretKey(bytes)
  bytes?.fill(0)
  return new Webhook({ url: new URL(url), authorities, key: secret, log })
}

const LEAST_KEY_BYTES = 16

async function contentOf(path: string, name: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${name}: ${path} cannot be read`, { cause })
  }
}
