import { openChannel, type Channel, type Target } from './connection.ts'
import { JSON_ENCODING, TTLV, XML } from './encoding.ts'
import { openHttps } from './https-channel.ts'

/** The ways to speak to a server: TTLV on the bare TLS connection, or any encoding over HTTPS. */
export const WAYS = ['ttlv', 'https', 'xml', 'json'] as const
/** `https` is TTLV over HTTPS. */
export type Way = (typeof WAYS)[number]

/** Connects to a server, to speak to it in this way. */
export async function openWay(way: Way, target: Target): Promise<Channel> {
  switch (way) {
    case 'ttlv':
      return openChannel(target)
    case 'https':
      return openHttps(target, TTLV)
    case 'xml':
      return openHttps(target, XML)
    case 'json':
      return openHttps(target, JSON_ENCODING)
  }
}
