import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Case } from '../runner/case.ts'
import { textOfResult } from '../runner/report.ts'
import { groupsOf, isGood, runCases } from '../runner/run.ts'
import { alternativeOf, waysOf, type Settings } from '../runner/settings.ts'
import { openWay, type Way } from '../runner/way.ts'
import { makeData, startKmipd, USUAL_ROOT, type FreshData, type Kmipd, type Root } from './kmipd.ts'

/** How cases are played. */
export interface Play {
  /** For those that are not about a way of their own. */
  readonly ways: readonly Way[]
  /** What holds the root keys of the servers. */
  readonly root?: Root
}

/**
 * One test for each case, or chain of cases, in each way to speak to a server, each as a client of its own. One server
 * serves all that want nothing out of the ordinary, and one more is started for each configuration that cases want.
 */
export function describeCases(
  title: string,
  cases: readonly Case[],
  settings: Settings,
  { ways, root = USUAL_ROOT }: Play,
): void {
  describe(title, () => {
    let fresh: FreshData | undefined
    const servers = new Map<string, Promise<Kmipd>>()
    const serverFor = async (id: string): Promise<Kmipd> => {
      const config = alternativeOf(id, settings)?.config
      const key = JSON.stringify(config ?? {})
      const server = servers.get(key) ?? startKmipd(config, fresh)
      servers.set(key, server)
      return server
    }
    beforeAll(async () => {
      fresh = await makeData(root)
      await serverFor('')
    }, 60_000)
    afterAll(async () => {
      for (const server of servers.values()) await (await server).stop()
      fresh?.remove()
    }, 60_000)

    test.each(playsOf(cases, settings, ways))(
      '$name',
      async ({ group, way }) => {
        const results = await runCases(group, {
          settings,
          now: () => Math.floor(Date.now() / 1000),
          open: async ([first = 'case']) => {
            const server = await serverFor(first)
            const target = await server.targetFor(clientOf(first, way))
            return async () => openWay(way, target)
          },
        })
        const wrong = results.filter((result) => !isGood(result)).map(textOfResult)
        expect(wrong.join('\n'), wrong.join('\n')).toBe('')
      },
      PATIENCE,
    )
  })
}

/** Each case, or chain of cases, in each way that it is played in. */
function playsOf(cases: readonly Case[], settings: Settings, usual: readonly Way[]) {
  return groupsOf(cases, settings).flatMap((group) => {
    const ids = group.map(({ id }) => id)
    const ways = ids.flatMap((id) => waysOf(id, settings) ?? [])
    return (ways.length > 0 ? ways : usual).map((way) => ({
      group,
      way,
      name: `${ids.join(', ')}${way === 'ttlv' ? '' : ` by ${way}`}`,
    }))
  })
}

/** A name for the client that plays a case, as configurations may state it. */
function clientOf(id: string, way: Way): string {
  return `${id.replace(/[^\w.-]/gu, '-')}${way === 'ttlv' ? '' : `-${way}`}`
}

/** For the first case of a configuration its server must start. */
const PATIENCE = 60_000
