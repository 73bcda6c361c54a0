/** Gives the moment in RFC 3339, in UTC with milliseconds. It is written anew only when it has changed. */
export function systemTimestamps(): () => string {
  let last = 0
  let text = new Date(last).toISOString()
  return () => {
    const now = Date.now()
    if (now !== last) {
      last = now
      text = new Date(now).toISOString()
    }
    return text
  }
}
