import { readFile } from 'node:fs/promises'
import { KmipFault } from '../fault/fault.ts'
import type { Config } from './defaults.ts'
import { configSchema } from './schema.ts'
import { parseYaml } from './yaml.ts'

/** Reads a configuration file. Throws as {@link parseConfig} does, and `UNAVAILABLE` when it cannot be read. */
export async function loadConfig(path: string): Promise<Config> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read`, { cause })
  }
  return parseConfig(text, path)
}

/**
 * Reads a configuration, with defaults for what it leaves out. Throws as {@link parseYaml} does.
 *
 * @param name - of the file, for messages
 */
export function parseConfig(text: string, name: string): Config {
  return parseYaml(text, name, configSchema).value
}
