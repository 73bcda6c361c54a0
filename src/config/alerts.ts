import { z } from 'zod'
import { DEFAULT_ALERT_RULES, type AlertRules } from '../server/watch/alert.ts'

/** Where alerts are sent. */
export interface WebhookConfig {
  /** HTTPS, or HTTP to a loopback address. */
  readonly url: string
  /** File with the authorities of the receiver, in PEM. */
  readonly ca?: string | undefined
  /** File whose bytes authenticate what is sent, by HMAC-SHA256. */
  readonly key?: string | undefined
}

export interface AlertConfig {
  readonly rules: AlertRules
  readonly webhook?: WebhookConfig | undefined
}

export const DEFAULT_ALERTS: AlertConfig = { rules: DEFAULT_ALERT_RULES }

const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost']

const file = z.string().min(1).max(4_096).optional()

const threshold = (standard: number) => z.int().min(0).max(1_000_000_000).default(standard)

/** The section `alerts` of the configuration. */
export const alerts: z.ZodType<AlertConfig> = z.preprocess(
  (value) => value ?? {},
  z.strictObject({
    rules: z.preprocess(
      (value) => value ?? {},
      z.strictObject({
        seconds: z.int().min(1).max(86_400).default(DEFAULT_ALERT_RULES.seconds),
        refusals: threshold(DEFAULT_ALERT_RULES.refusals),
        gets: threshold(DEFAULT_ALERT_RULES.gets),
        destroys: threshold(DEFAULT_ALERT_RULES.destroys),
        failedLogins: threshold(DEFAULT_ALERT_RULES.failedLogins),
        failedHandshakes: threshold(DEFAULT_ALERT_RULES.failedHandshakes),
        clock: threshold(DEFAULT_ALERT_RULES.clock),
      }),
    ),
    webhook: z
      .strictObject({
        url: z.url().max(2_048).refine(isSafe, 'is neither HTTPS nor HTTP to a loopback address'),
        ca: file,
        key: file,
      })
      .optional(),
  }),
)

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
}
