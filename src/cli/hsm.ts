import type { Config } from '../config/defaults.ts'
import type { Hsm } from '../operation/pkcs11/token/hsm.ts'
import type { Log } from '../port/log.ts'

/**
 * Logs in to the configured token; undefined where there is none. The process that holds the vendor's library gets the
 * variables that such libraries are configured by. Throws `UNAVAILABLE`, `INVALID_FIELD` and `AUTHENTICATION_FAILED`.
 */
export async function openHsm({ hsm }: Config, log: Log): Promise<Hsm | undefined> {
  if (hsm === undefined) return undefined
  const { openToken } = await import('../adapter/pkcs11/index.ts')
  const environment = environmentOf(process.env)
  const token = await openToken({ settings: hsm, environment, log })
  return { token, objectsPerClient: hsm.objectsPerClient, extractable: hsm.extractable }
}

/** All variables but those that change what Node does. */
function environmentOf(
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined || name.startsWith('NODE_') ? [] : [[name, value]],
    ),
  )
}
