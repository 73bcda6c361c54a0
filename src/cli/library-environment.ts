/**
 * What the process that holds a vendor's library of PKCS#11 is started with: all variables, for such libraries are
 * configured by them, but those that change what Node does.
 */
export function libraryEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name.startsWith('NODE_') ? [] : [[name, value]],
    ),
  )
}
