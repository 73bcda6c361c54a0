import { z } from 'zod'
import { QueryFunction } from '../spec/enum/query-function.ts'
import { VERSIONS, type Version } from '../schema/version.ts'
import { member } from './member.ts'

/** A client that the server speaks to of its own accord (KMIP 1.4 section 5). */
export interface EndpointConfig {
  /** The client, by its name: it is told of its own objects. */
  readonly client: string
  readonly host: string
  readonly port: number
  /** The name in the certificate of the client's listener, where that is not the host. */
  readonly serverName?: string
  /** PEM file of the authority of that certificate; without one it is the server's own. */
  readonly ca?: string
  readonly version: Version
  /** How it is spoken to: in TTLV over TLS, in XML or JSON over HTTPS. */
  readonly encoding: 'ttlv' | 'xml' | 'json'
  /** Whether new objects are put. */
  readonly put: boolean
  /** Whether it is notified of changes. */
  readonly notify: boolean
  /** Whether the versions of the client are asked for when the server starts. */
  readonly discoverVersions: boolean
  /** What the client is queried for when the server starts. */
  readonly query: readonly QueryFunction[]
}

/** The section `endpoints` of the configuration file. */
export const endpoints: z.ZodType<readonly EndpointConfig[]> = z
  .array(
    z.strictObject({
      client: z.string().min(1).max(64),
      host: z.string().min(1).max(253),
      port: z.int().min(1).max(65_535),
      serverName: z.string().min(1).max(253).exactOptional(),
      ca: z.string().min(1).max(4_096).exactOptional(),
      version: z.enum(VERSIONS).default('1.4'),
      encoding: z.enum(['ttlv', 'xml', 'json']).default('ttlv'),
      put: z.boolean().default(true),
      notify: z.boolean().default(true),
      discoverVersions: z.boolean().default(false),
      query: z.array(member(QueryFunction)).max(16).default([]),
    }),
  )
  .max(100)
  .default([])
